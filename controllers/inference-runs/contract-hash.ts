import type { Contract } from '../../definitions/inference/contract';
import { objectDigest } from '../runtime/object-digest';

/**
 * Identity of the work a Contract describes: equal for the attempts at the same work, whatever the order of members.
 *
 * @returns SHA-256 of the Contract without attempt and executionId, in hex
 */
export function contractHash({ attempt: _attempt, executionId: _executionId, ...work }: Contract): string {
  return Buffer.from(objectDigest(work), 'base64url').toString('hex');
}
