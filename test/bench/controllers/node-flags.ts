import { controllerCommand, controllerVariables } from '../../../charts-src/kubernetes/controller-process';

/** Flags of Node as every controller is rendered: those between it and the program, and those in its variables. */
export const renderedNodeFlags: readonly string[] = [
  ...controllerCommand.slice(1, -1),
  ...controllerVariables.flatMap(({ name, value }) => (name === 'NODE_OPTIONS' ? (value ?? '').split(' ') : [])),
];
