/** Version of the product, as `slipway --version` and the user agent say it. */
export const version = '0.1.0';
