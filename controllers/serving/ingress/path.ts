import type { InferenceService } from '../../../definitions/serving/inference-service';
import { renderGoTemplate } from '../go-template';
import type { IngressSettings } from './settings';
import { IngressFailure } from './ingress-failure';

/** The path template gives no path for an InferenceService. */
export class IngressPathError extends IngressFailure {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IngressPathError';
  }
}

const absolutePath = /^\/([-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*$/;

/**
 * Path of an InferenceService under the ingress domain, without a slash at its end; undefined unless routing by path is
 * configured.
 *
 * @throws IngressPathError when the template fails or gives a relative path, a URL, or what can't be a path
 */
export function pathOf({ metadata }: InferenceService, { pathTemplate }: IngressSettings): string | undefined {
  if (pathTemplate === '') return undefined;
  const { name, namespace = '' } = metadata;
  let rendered: string;
  try {
    rendered = renderGoTemplate(pathTemplate, { Name: name, Namespace: namespace });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new IngressPathError(`error rendering the path template: ${cause}`, { cause: error });
  }
  const refuse = (problem: string): never => {
    throw new IngressPathError(`invalid path ${JSON.stringify(rendered)} of ingress.pathTemplate: ${problem}`);
  };
  if (/^([a-z][-a-z0-9+.]*:|\/\/)/i.test(rendered)) return refuse('it must not have a scheme or host');
  if (!rendered.startsWith('/')) return refuse('it must start with /');
  if (rendered.length > 512) return refuse(`it has ${rendered.length} characters, at most 512 are allowed`);
  if (!absolutePath.test(rendered)) return refuse('it has characters that a path can not have');
  return rendered.replace(/\/+$/, '');
}

/** The text as a regular expression that matches just it; `-` and `/` mean nothing there and stay as they are. */
export function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
