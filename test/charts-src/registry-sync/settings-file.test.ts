import { load } from 'js-yaml';
import { renderSettings } from '../../../charts-src/registry-sync/settings-file';
import { type RegistrySyncSettings, registrySyncConfigSchema } from '../../../definitions/config/registry-sync';
import { registrySyncVariables } from '../../../definitions/config/registry-sync-variables';

const oneAnnotation = { keys: { serviceAnnotations: ['example.org/address'] } };
const render = (settings: RegistrySyncSettings, upstreamVariables = false) =>
  renderSettings(registrySyncConfigSchema.parse(settings), upstreamVariables);

describe('the settings file', () => {
  it('holds what differs from the defaults and nothing else', () => {
    const { file, variables } = render({
      enabled: true,
      workers: 3,
      registry: { skipTlsVerify: false, caFiles: ['/ca'] },
    });
    expect(load(file)).toEqual({ workers: 3, registry: { caFiles: ['/ca'] } });
    expect(variables).toEqual([]);
  });

  it('is read back as the same configuration', () => {
    const settings = { enabled: false, registriesNamespace: 'team-a', registry: { trustedHosts: ['127.0.0.1:1'] } };
    const { file } = render(settings);
    expect(registrySyncConfigSchema.parse(load(file))).toEqual(registrySyncConfigSchema.parse(settings));
  });

  it('leaves out what upstream’s variables carry, all eleven of them in their order', () => {
    const settings = { keys: { ...oneAnnotation.keys, nameLabel: 'example.org/name' }, enabled: false, workers: 3 };
    const { file, variables } = render(settings, true);
    expect(load(file)).toEqual({ workers: 3 });
    expect(variables.map(({ name }) => name)).toEqual(registrySyncVariables.map(({ name }) => name));
    expect(Object.fromEntries(variables.map(({ name, value }) => [name, value]))).toMatchObject({
      NAME_LABEL: 'example.org/name',
      SERVICE_ANNOTATION: 'example.org/address',
      INFERENCE_SERVICE_CONTROLLER: 'removed',
      SKIP_TLS_VERIFY: 'false',
    });
  });

  it('refuses a setting that its variable can’t carry, naming both', () => {
    expect(() => render({ keys: { serviceAnnotations: ['a', 'b'] } }, true)).toThrow(
      "registry sync settings: keys: got a value that the variable SERVICE_ANNOTATION can't carry",
    );
  });
});
