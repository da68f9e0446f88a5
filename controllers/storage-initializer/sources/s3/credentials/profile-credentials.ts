import type { Environment } from '../../../../component';
import { credentialsFailure, type AwsCredentials, type CredentialProvider } from './aws-credentials';
import { profileName, readProfile } from './profile-files';
import type { AssumeRole } from './web-identity';

/** Keys of a profile in AWS's shared files, or the role that it says to assume with a token. */
export function profileCredentials(environment: Environment, assumeRole: AssumeRole): CredentialProvider {
  return async (signal): Promise<AwsCredentials | undefined> => {
    const profile = readProfile(environment);
    if (profile === undefined) return undefined;
    const origin = `profile ${profileName(environment)}`;
    const [role, tokenFile] = [profile.get('role_arn'), profile.get('web_identity_token_file')];
    if (role !== undefined && tokenFile !== undefined) {
      const sessionName = profile.get('role_session_name');
      return assumeRole({ role, tokenFile, ...(sessionName === undefined ? {} : { sessionName }) }, signal);
    }
    const [accessKeyId, secretAccessKey] = [profile.get('aws_access_key_id'), profile.get('aws_secret_access_key')];
    const sessionToken = profile.get('aws_session_token');
    if (accessKeyId !== undefined && secretAccessKey !== undefined && role === undefined) {
      return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }), origin };
    }
    const foreign = ['source_profile', 'credential_source', 'credential_process', 'sso_session', 'sso_start_url'];
    const unsupported = foreign.find((name) => profile.has(name));
    if (unsupported !== undefined) {
      throw credentialsFailure(`${origin} has ${unsupported}, which a pod can not use: give it keys or a web identity`);
    }
    if (accessKeyId === undefined && secretAccessKey === undefined && role === undefined) return undefined;
    throw credentialsFailure(
      `${origin} is incomplete: it wants aws_access_key_id and aws_secret_access_key, or role_arn and web_identity_token_file`,
    );
  };
}
