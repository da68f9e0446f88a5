/** Version of the product: tag of its image, label of its objects, what `slipway --version` and the user agent say. */
export const version = '0.1.0';
