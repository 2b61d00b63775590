// Stryker's Mocha runner requires two of Mocha's files without their extension, which is .cjs from Mocha 12 on.
require.extensions[".cjs"] = require.extensions[".js"];
