import { ConfigError } from '../../definitions/config/parse-config';
import { asJson, difference, without } from './configuration';
import { serialize } from './serialize';

/** How a configuration reaches a controller: each setting by one of the two ways, never by both. */
export interface RenderedSettings {
  /** Upstream's variables; none unless asked for. */
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  /** Text of the configuration file: the settings that differ from the controller's defaults. */
  readonly file: string;
}

/** An environment variable that stands for settings. */
interface SettingVariable<Config> {
  readonly name: string;
  /** The variable's value; undefined where nothing is set. */
  readonly render: (config: Config) => string | undefined;
  /** The settings that the controller reads back from a value. */
  readonly parse: (value: string) => object;
}

/** A controller's configuration and how it may be rendered. */
export interface SettingsProps<Config extends object> {
  /** What people call them, for messages: `registry sync settings`. */
  readonly source: string;
  readonly config: Config;
  /** Configuration with nothing said. */
  readonly defaults: Config;
  readonly variables: readonly SettingVariable<Config>[];
  /** Whether settings that upstream has variables for become these variables. */
  readonly asVariables: boolean;
}

/**
 * Renders a configuration.
 *
 * @throws ConfigError for a setting that its variable can't carry
 */
export function renderSettings<Config extends object>(props: SettingsProps<Config>): RenderedSettings {
  const { config, defaults, variables, asVariables } = props;
  const settings = difference(asJson(config), asJson(defaults));
  if (!asVariables) return { variables: [], file: serialize(settings) };
  const rendered = variables.flatMap((variable) => {
    const value = variable.render(config);
    return value === undefined ? [] : [{ variable, value }];
  });
  const rest = rendered.reduce((left, one) => without(left, asJson(carriedBy(props, one))), settings);
  return { variables: rendered.map(({ variable: { name }, value }) => ({ name, value })), file: serialize(rest) };
}

/** The settings that the controller reads back from a variable. */
function carriedBy<Config extends object>(
  { source, config }: SettingsProps<Config>,
  { variable: { name, parse }, value }: { readonly variable: SettingVariable<Config>; readonly value: string },
): object {
  const carried = parse(value);
  const lost = Object.keys(difference(asJson(carried), asJson(config)));
  if (lost.length === 0) return carried;
  throw new ConfigError(source, [
    `${lost.join(', ')}: got a value that the variable ${name} can't carry: choose one that it can, or upstreamVariables: false`,
  ]);
}
