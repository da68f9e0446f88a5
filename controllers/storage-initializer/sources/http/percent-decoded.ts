/** A part of a URL without its escapes; as it is when they are no UTF-8: a name that can be written is better than none. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
