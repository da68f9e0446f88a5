import { ConfigError } from '../../definitions/config/parse-config';
import {
  type RegistrySyncConfig,
  registrySyncConfigSchema,
  type RegistrySyncSettings,
} from '../../definitions/config/registry-sync';
import { type RegistrySyncVariable, registrySyncVariables } from '../../definitions/config/registry-sync-variables';
import { asJson, difference, without } from '../kubernetes/configuration';
import { serialize } from '../kubernetes/serialize';

/** How a configuration reaches the controller: each setting by one of the two ways, never by both. */
export interface RenderedSettings {
  /** Upstream's variables; none unless asked for. */
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  /** Text of the configuration file: the settings that differ from the controller's defaults. */
  readonly file: string;
}

/**
 * Renders a configuration.
 *
 * @param upstreamVariables whether settings that upstream has variables for become these variables
 * @throws ConfigError for a setting that its variable can't carry
 */
export function renderSettings(config: RegistrySyncConfig, upstreamVariables: boolean): RenderedSettings {
  const settings = difference(asJson(config), asJson(registrySyncConfigSchema.parse({})));
  if (!upstreamVariables) return { variables: [], file: serialize(settings) };
  const rest = registrySyncVariables.reduce(
    (left, variable) => without(left, asJson(carriedBy(variable, config))),
    settings,
  );
  const variables = registrySyncVariables.map(({ name, render }) => ({ name, value: render(config) }));
  return { variables, file: serialize(rest) };
}

/** The settings that the controller reads back from a variable. */
function carriedBy({ name, render, parse }: RegistrySyncVariable, config: RegistrySyncConfig): RegistrySyncSettings {
  const carried = parse(render(config));
  const lost = Object.keys(difference(asJson(carried), asJson(config)));
  if (lost.length === 0) return carried;
  throw new ConfigError('registry sync settings', [
    `${lost.join(', ')}: got a value that the variable ${name} can't carry: choose one that it can, or upstreamVariables: false`,
  ]);
}
