import { ConfigError } from '../../../definitions/config/parse-config';
import type { Environment } from '../../component';
import { displayUri } from '../display-uri';
import { switchVariable, textVariable } from '../general-settings';
import { StorageError } from '../storage-error';

/** How encrypted model files are decrypted. */
export interface ConfidentialSettings {
  /** `kbs:///<repo>/<type>/<tag>` */
  readonly resourceId: string;
  /** Where the Confidential Data Hub has the key. */
  readonly keyUrl: string;
}

/** Where the API server of a confidential guest listens. */
const defaultAddress = 'http://127.0.0.1:8006';

/**
 * Reads `CONFIDENTIAL_ENABLED`, `CONFIDENTIAL_RESOURCE_ID` and `CDH_ADDR`.
 *
 * @returns `undefined` when files are not to be decrypted
 * @throws StorageError when they are, and nobody says with which key; ConfigError for what can't be read
 */
export function confidentialSettings(environment: Environment): ConfidentialSettings | undefined {
  if (!switchVariable(environment, 'CONFIDENTIAL_ENABLED')) return undefined;
  const resourceId = textVariable(environment, 'CONFIDENTIAL_RESOURCE_ID')?.trim();
  if (resourceId === undefined) {
    throw new StorageError('other', 'CONFIDENTIAL_ENABLED is set, and CONFIDENTIAL_RESOURCE_ID is not: name the key');
  }
  const parts = /^kbs:\/\/\/([\w.-]+)\/([\w.-]+)\/([\w.-]+)$/.exec(resourceId)?.slice(1) ?? [];
  if (parts.length !== 3 || parts.some((part) => /^\.{1,2}$/.test(part))) {
    throw new ConfigError('environment', [
      `CONFIDENTIAL_RESOURCE_ID: got ${JSON.stringify(resourceId)}, expected kbs:///<repo>/<type>/<tag>`,
    ]);
  }
  const address = textVariable(environment, 'CDH_ADDR') ?? defaultAddress;
  const url = URL.parse(address);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigError('environment', [
      `CDH_ADDR: got ${JSON.stringify(displayUri(address))}, expected an http or https URL`,
    ]);
  }
  return { resourceId, keyUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}/cdh/resource/${parts.join('/')}` };
}
