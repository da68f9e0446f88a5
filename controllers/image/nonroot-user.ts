import { imageUser } from '../../definitions/names/controller';

/** The user that the container runs as, and the group of the same number. */
export const user = { name: 'nonroot', id: imageUser } as const;

/** Home and working directory of the user. */
export const home = '/home/nonroot';
