// The version that reports carry. A constant, because package.json cannot be reached alike from both module systems;
// a test holds it against package.json.
export const VERSION = '0.1.0'
