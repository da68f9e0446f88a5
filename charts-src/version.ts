/** Version of the product: tag of its image, label of its objects. */
export const version = '0.1.0';
