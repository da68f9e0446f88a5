import { isIPv4 } from 'node:net';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Whether a text is a DNS label as Kubernetes takes it (RFC 1123). */
export function isLabel(text: string): boolean {
  return text.length <= 63 && label.test(text);
}

/** Whether a text is a DNS name of any number of labels, as Kubernetes takes it (RFC 1123). */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every(isLabel);
}

/** Why a text can't be the host of a URL that routes are for; undefined when it can. */
export function hostNameProblem(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (text.length > 253) return `it has ${text.length} characters, at most 253 are allowed`;
  const labels = text.split('.');
  const wrong = labels.find((part) => !isLabel(part));
  if (wrong !== undefined) {
    return wrong.length > 63
      ? `${JSON.stringify(wrong)} has ${wrong.length} characters, at most 63 are allowed between dots`
      : `${JSON.stringify(wrong)} must be of lower case letters, digits and -, and start and end with a letter or digit`;
  }
  if (labels.length < 2) return 'it should be a domain with at least two segments separated by dots';
  // Ingress and gateways route by name only.
  return isIPv4(text) ? 'it is an address, not a name' : undefined;
}
