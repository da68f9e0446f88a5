import type { V1Container } from '@kubernetes/client-node';
import { renderGoTemplate, type TemplateData } from '../go-template';

/**
 * The container with every text in it rendered as a template, each by itself: a value can't break out of the text it is
 * put in. Names of members and resources are no templates.
 *
 * @throws GoTemplateError when one can't be rendered
 */
export function withoutPlaceholders(container: V1Container, data: TemplateData): V1Container {
  return rendered(container, data);
}

function rendered<T>(value: T, data: TemplateData): T;
function rendered(value: unknown, data: TemplateData): unknown {
  if (typeof value === 'string') {
    return value.includes('{{') ? renderGoTemplate(value, data) : value;
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) => rendered(item, data));
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rendered(member, data)]))
    : value;
}
