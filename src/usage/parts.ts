import type { JsonObject } from '../domain/call.ts';
import type { Usage, UsageParts } from '../domain/usage.ts';

const NOTHING: UsageParts = {
  audioInput: 0,
  imageInput: 0,
  audioOutput: 0,
  imageOutput: 0,
  webSearches: 0,
  images: 0,
};

/** The usage with what of it has prices of its own. No part is more than the whole that it is a part of. */
export function withParts(usage: Usage, told: Partial<UsageParts>): Usage {
  const { audioInput, imageInput, audioOutput, imageOutput, webSearches, images } = { ...NOTHING, ...told };
  const said = usage.output - usage.reasoning;
  const audioIn = within(audioInput, usage.input);
  const audioOut = within(audioOutput, said);
  const parts: UsageParts = {
    audioInput: audioIn,
    imageInput: within(imageInput, usage.input - audioIn),
    audioOutput: audioOut,
    imageOutput: within(imageOutput, said - audioOut),
    webSearches,
    images,
  };
  return Object.values(parts).some((count) => count > 0) ? { ...usage, parts } : usage;
}

/** The details of OpenAI's that name the parts which a usage has. */
export function openAIDetails({ parts }: Usage): { readonly input: JsonObject; readonly output: JsonObject } {
  return {
    input: detailsOf(parts?.audioInput, parts?.imageInput),
    output: detailsOf(parts?.audioOutput, parts?.imageOutput),
  };
}

function detailsOf(audio = 0, image = 0): JsonObject {
  return { ...(audio > 0 ? { audio_tokens: audio } : {}), ...(image > 0 ? { image_tokens: image } : {}) };
}

function within(count: number, whole: number): number {
  return Math.max(0, Math.min(count, whole));
}

/** The parts of two usages together; undefined: neither has any. */
export function sumOfParts(a: UsageParts | undefined, b: UsageParts | undefined): UsageParts | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    audioInput: a.audioInput + b.audioInput,
    imageInput: a.imageInput + b.imageInput,
    audioOutput: a.audioOutput + b.audioOutput,
    imageOutput: a.imageOutput + b.imageOutput,
    webSearches: a.webSearches + b.webSearches,
    images: a.images + b.images,
  };
}
