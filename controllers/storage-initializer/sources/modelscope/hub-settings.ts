import type { Environment } from '../../../component';
import { textVariable } from '../../general-settings';
import { hubEndpoint, hubToken } from '../hub/hub-settings';

/** How ModelScope's hub is reached, by the variables of its client library. */
export interface ModelScopeSettings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** Absent: anonymous. */
  readonly token?: string;
}

/**
 * Reads `MODELSCOPE_ENDPOINT`, its older name `MODELSCOPE_DOMAIN`, which may be a host alone, and `MODELSCOPE_API_TOKEN`.
 *
 * @throws ConfigError
 */
export function modelScopeSettings(environment: Environment): ModelScopeSettings {
  const named = ['MODELSCOPE_ENDPOINT', 'MODELSCOPE_DOMAIN'].find(
    (variable) => textVariable(environment, variable) !== undefined,
  );
  const text = (named === undefined ? undefined : environment[named]) ?? 'modelscope.cn';
  const endpoint = hubEndpoint(named ?? 'MODELSCOPE_ENDPOINT', text.includes('://') ? text : `https://${text}`);
  const token = hubToken('MODELSCOPE_API_TOKEN', environment['MODELSCOPE_API_TOKEN']);
  return { endpoint, ...(token === undefined ? {} : { token }) };
}
