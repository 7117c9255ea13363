/** What schemas of the language are made of. */
import { z } from 'zod';

/** A written value with a unit; a bare number gets a message that says so. */
export function written(description: string, example: string) {
  return z
    .string({
      error: (issue) =>
        typeof issue.input === 'number'
          ? `${issue.input} has no unit ⇒ write a number and a unit, such as ${example}`
          : undefined,
    })
    .meta({ description, examples: [example] });
}

/** One of some words. */
export function words<const T extends readonly string[]>(values: T, description: string) {
  return z.enum(values).meta({ description });
}

/** Some text. */
export const text = (description: string) => z.string().min(1).meta({ description });
/** A whole number from 1 on. */
export const count = (description: string, most: number) => z.int().min(1).max(most).meta({ description });
