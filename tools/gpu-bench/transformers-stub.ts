// In place of transformers.js in the bundle: models are opened by their files, and pictures are made up.
export const env = {};
export const [AutoConfig, AutoTokenizer, ModelRegistry, PretrainedConfig, PreTrainedModel, RawImage] =
  Array.from({ length: 6 }, () => Object);
