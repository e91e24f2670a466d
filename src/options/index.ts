export {
  describeOptions,
  expectation,
  flagOf,
  fromTexts,
  type OptionDescription,
  type OptionSchema,
  type OptionsGiven,
  type OptionsOf,
  parseOptions,
} from "./options.ts";
