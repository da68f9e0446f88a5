import type { CustomProperties } from '../model-registry/answers';

const urlKey = 'url';

/** The custom property under which a record carries its URL. */
export function urlProperty(url: string): CustomProperties {
  return { [urlKey]: { metadataType: 'MetadataStringValue', string_value: url } };
}

/** The URL in a record; `''` and absent are the same, and so is a value of any other type. */
export function publishedUrl(properties: CustomProperties): string | undefined {
  const value = properties[urlKey]?.['string_value'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The whole map to send for a changed URL, since the server replaces it: everybody else's properties stay. Struct values
 * come back as plain JSON and are only accepted as Base64, so they are encoded again.
 */
export function withUrl(properties: CustomProperties, url: string | undefined): CustomProperties {
  const others = Object.entries(properties).filter(([name]) => name !== urlKey);
  const sendable = others.map(([name, value]) => [name, reEncoded(value)] as const);
  return { ...Object.fromEntries(sendable), ...(url === undefined ? {} : urlProperty(url)) };
}

function reEncoded(value: CustomProperties[string]): CustomProperties[string] {
  const text = value['struct_value'];
  if (value.metadataType !== 'MetadataStructValue' || typeof text !== 'string') return value;
  return text.trimStart().startsWith('{') ? { ...value, struct_value: Buffer.from(text).toString('base64') } : value;
}
