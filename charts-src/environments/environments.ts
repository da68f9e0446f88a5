import type { Environment } from './environment';
import { kubeflow } from './kubeflow';
import { local } from './local';
import { production } from './production';

/** Every environment that is rendered; a new one is a file beside this and a line here. */
export const environments: readonly (() => Environment)[] = [() => local(), kubeflow, production];
