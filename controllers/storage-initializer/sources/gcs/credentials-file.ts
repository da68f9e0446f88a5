import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Environment } from '../../../component';
import { causeText } from '../../../runtime/cause-text';
import { textVariable } from '../../general-settings';
import { parsedJson } from '../../http/parsed-json';
import { storageFailure } from '../../storage-error';

const quota = { quota_project_id: z.string().optional() };
const googleTokenEndpoint = 'https://oauth2.googleapis.com/token';

const serviceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.string().optional(),
  token_uri: z.string().default(googleTokenEndpoint),
  ...quota,
});

const authorizedUser = z.object({
  type: z.literal('authorized_user'),
  client_id: z.string(),
  client_secret: z.string(),
  refresh_token: z.string(),
  token_uri: z.string().default(googleTokenEndpoint),
  ...quota,
});

const subjectTokenFormat = z
  .object({ type: z.enum(['text', 'json']), subject_token_field_name: z.string().optional() })
  .default({ type: 'text' });

const externalAccount = z.object({
  type: z.literal('external_account'),
  audience: z.string(),
  subject_token_type: z.string(),
  token_url: z.string(),
  credential_source: z.union([
    z.object({ file: z.string(), format: subjectTokenFormat }),
    z.object({
      url: z.string(),
      headers: z.record(z.string(), z.string()).default({}),
      format: subjectTokenFormat,
      // AWS's credentials need requests that are signed for it, Azure's come as `url` alone.
      environment_id: z.undefined().optional(),
    }),
  ]),
  service_account_impersonation_url: z.string().optional(),
  client_id: z.undefined().optional(),
  ...quota,
});

const sourceCredentials = z.discriminatedUnion('type', [serviceAccount, authorizedUser, externalAccount]);

const impersonated = z.object({
  type: z.literal('impersonated_service_account'),
  source_credentials: sourceCredentials,
  service_account_impersonation_url: z.string(),
  ...quota,
});

const anyCredentials = z.discriminatedUnion('type', [serviceAccount, authorizedUser, externalAccount, impersonated]);

/** A key of a service account. */
export type ServiceAccountKey = z.output<typeof serviceAccount>;
/** What `gcloud auth application-default login` leaves. */
export type AuthorizedUser = z.output<typeof authorizedUser>;
/** Workload identity federation: a token of somebody else that Google trusts. */
export type ExternalAccount = z.output<typeof externalAccount>;
/** Credentials of one of the kinds that we know. */
export type CredentialsFile = z.output<typeof anyCredentials>;

/**
 * The file of `GOOGLE_APPLICATION_CREDENTIALS`, else the one that `gcloud` keeps in its directory.
 *
 * @returns `undefined` when there is neither
 * @throws StorageError when the variable names a file that is not there, or a file is not one of credentials; its content is not quoted
 */
export async function credentialsFile(environment: Environment): Promise<CredentialsFile | undefined> {
  const named = textVariable(environment, 'GOOGLE_APPLICATION_CREDENTIALS');
  const path = named ?? wellKnownFile(environment);
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (named === undefined) return undefined;
    throw unusable(`GOOGLE_APPLICATION_CREDENTIALS: ${causeText(error)}`);
  }
  const parsed = anyCredentials.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  const members = [...new Set(parsed.error.issues.map(({ path: at }) => at.join('.')))].filter(
    (member) => member !== '',
  );
  const wrong =
    members.length === 0 ? 'is not JSON with credentials' : `can't be used because of ${members.join(', ')}`;
  throw unusable(`${path} ${wrong}, supported are ${kinds}`);
}

const kinds =
  'service_account, authorized_user, external_account with a file or a URL, impersonated_service_account of these';

function wellKnownFile(environment: Environment): string | undefined {
  const directory = textVariable(environment, 'CLOUDSDK_CONFIG');
  const home = textVariable(environment, 'HOME');
  const name = 'application_default_credentials.json';
  if (directory !== undefined) return join(directory, name);
  return home === undefined ? undefined : join(home, '.config', 'gcloud', name);
}

function unusable(cause: string) {
  return storageFailure('GCS', 'credentials', '', cause);
}
