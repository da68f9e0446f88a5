import * as z from 'zod';

const modelState = z.enum(['', 'Pending', 'Standby', 'Loading', 'Loaded', 'FailedToLoad']);

/**
 * How far the model is. Writers say every member that has a default, as an empty string if need be: the API server
 * fills in an absent `transitionStatus` as `UpToDate` and an absent `activeModelState` as `Pending`.
 */
export const modelStatus = z.strictObject({
  transitionStatus: z
    .enum(['', 'UpToDate', 'InProgress', 'BlockedByFailedLoad', 'InvalidSpec'])
    .describe('Whether the model of the spec is the one that serves.')
    .default('UpToDate'),
  states: z
    .strictObject({
      activeModelState: modelState.describe('State of the model that serves.').default('Pending'),
      targetModelState: modelState.describe('State of the model of the spec.').default(''),
    })
    .describe('States of the models.')
    .exactOptional(),
  lastFailureInfo: z
    .strictObject({
      location: z.string().describe('Pod or component that failed.').exactOptional(),
      reason: z
        .enum([
          'ModelLoadFailed',
          'RuntimeUnhealthy',
          'RuntimeDisabled',
          'NoSupportingRuntime',
          'RuntimeNotRecognized',
          'InvalidPredictorSpec',
        ])
        .describe('Why, in one word.')
        .exactOptional(),
      message: z.string().describe('Details for people.').exactOptional(),
      modelRevisionName: z.string().describe('Revision that failed.').exactOptional(),
      time: z.string().meta({ format: 'date-time' }).describe('When, RFC 3339.').exactOptional(),
      exitCode: z.int32().describe('Exit code of the container.').exactOptional(),
    })
    .describe('The last failure.')
    .exactOptional(),
  copies: z
    .strictObject({
      failedCopies: z.int().min(0).describe('Copies that failed.').default(0),
      totalCopies: z.int().min(0).describe('All copies.').exactOptional(),
    })
    .describe('Copies of the model.')
    .exactOptional(),
});
