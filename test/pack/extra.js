export const label = (value) => value;
