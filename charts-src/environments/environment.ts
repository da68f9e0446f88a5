import { z } from 'zod';
import { parseConfig } from '../../definitions/config/parse-config';
import { imagesSchema } from '../images';
import { dnsLabel } from '../kubernetes/dns-label';
import { registrySyncOptionsSchema } from '../registry-sync/options';

const environmentSchema = z.strictObject({
  /** Folder below `dist/`. */
  name: dnsLabel,
  /** Namespaces that the environment brings; none: they are there already. */
  namespaces: z
    .array(
      z.strictObject({
        name: dnsLabel,
        podSecurity: z.enum(['restricted', 'baseline', 'privileged']).default('restricted'),
      }),
    )
    .default([]),
  images: imagesSchema.prefault({}),
  /** A registry outside the cluster, made known by a Service. */
  registry: z.strictObject({ namespace: dnsLabel.default('kubeflow'), externalAddress: z.url() }).exactOptional(),
  registrySync: registrySyncOptionsSchema.prefault({}),
});

/** One cluster's choice of components and options, with every default applied. */
export type Environment = z.output<typeof environmentSchema>;

/**
 * Checks an environment as its file writes it.
 *
 * @throws ConfigError naming the option, the value got and the values allowed
 */
export function environment(written: z.input<typeof environmentSchema>): Environment {
  return parseConfig(environmentSchema, written, `environment ${written.name}`);
}
