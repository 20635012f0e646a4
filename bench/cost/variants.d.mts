export declare const variants: Readonly<Record<string, { env?: NodeJS.ProcessEnv }>>
