/** The library comes without types; what is used of it is stated in devtools.ts. */
declare module 'chrome-remote-interface';
