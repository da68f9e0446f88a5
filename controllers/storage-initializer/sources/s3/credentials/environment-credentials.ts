import type { Environment } from '../../../../component';
import { textVariable } from '../../../general-settings';
import { credentialsFailure, type CredentialProvider } from './aws-credentials';

/** `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`. */
export function environmentCredentials(environment: Environment): CredentialProvider {
  return async () => {
    const accessKeyId = textVariable(environment, 'AWS_ACCESS_KEY_ID')?.trim();
    const secretAccessKey = textVariable(environment, 'AWS_SECRET_ACCESS_KEY')?.trim();
    const sessionToken = textVariable(environment, 'AWS_SESSION_TOKEN')?.trim();
    if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
    if (accessKeyId === undefined) throw credentialsFailure('AWS_SECRET_ACCESS_KEY is set, AWS_ACCESS_KEY_ID is not');
    if (secretAccessKey === undefined)
      throw credentialsFailure('AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not');
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      origin: 'the environment',
    };
  };
}
