import type { V1Container, V1EnvVar } from '@kubernetes/client-node';

/** The variable of a container; `undefined` when it has none of that name. */
export function variableOf(container: V1Container, name: string): V1EnvVar | undefined {
  return container.env?.find((variable) => variable.name === name);
}

/** A container with these variables: those it has already are replaced whole, so that no value stands beside an old valueFrom. */
export function withVariables(container: V1Container, variables: readonly V1EnvVar[]): V1Container {
  if (variables.length === 0) return container;
  const last = new Map(variables.map((variable) => [variable.name, variable]));
  const env = container.env ?? [];
  const known = new Set(env.map(({ name }) => name));
  return {
    ...container,
    env: [
      ...env.map((variable) => last.get(variable.name) ?? variable),
      ...[...last.values()].filter(({ name }) => !known.has(name)),
    ],
  };
}

/** A container with those of the variables that it does not have yet. */
export function withMissingVariables(container: V1Container, variables: readonly V1EnvVar[]): V1Container {
  return withVariables(
    container,
    variables.filter(({ name }) => variableOf(container, name) === undefined),
  );
}
