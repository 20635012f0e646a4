// The version that reports contain. It is a constant, because the two module systems need different code to read
// package.json. A test compares it with package.json.
export const VERSION = '0.1.0'
