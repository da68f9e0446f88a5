import { type RegistrySyncConfig, registrySyncConfigSchema } from '../../definitions/config/registry-sync';
import { registrySyncVariables } from '../../definitions/config/registry-sync-variables';
import { type RenderedSettings, renderSettings as render } from '../kubernetes/rendered-settings';

/**
 * Renders a configuration.
 *
 * @param upstreamVariables whether settings that upstream has variables for become these variables
 * @throws ConfigError for a setting that its variable can't carry
 */
export function renderSettings(config: RegistrySyncConfig, upstreamVariables: boolean): RenderedSettings {
  return render({
    source: 'registry sync settings',
    config,
    defaults: registrySyncConfigSchema.parse({}),
    variables: registrySyncVariables,
    asVariables: upstreamVariables,
  });
}
