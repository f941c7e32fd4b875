// node_modules/.pnpm/@scope+lib@1.2.3_peer@4.0.0/node_modules/@scope/lib/index.js
// node_modules/.pnpm/accepts@1.3.8/node_modules/accepts/index.js
// node_modules/.pnpm/accepts@1.3.8/node_modules/mime-types/index.js
// node_modules/.pnpm/broken
