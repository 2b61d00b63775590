"use strict";

/**
 * Pulumi's SDK writes a stack trace for every property of every resource, which it prints only with
 * PULUMI_DEBUG_PROMISE_LEAKS: more than half of the program's work for each cluster. Without that variable it now
 * writes none there. Errors keep their traces.
 */
exports.leaveOutTraces = () => {
    /** @type {any} */
    const debuggable = require("@pulumi/pulumi/runtime/debuggable");
    const { debuggablePromise, debugPromiseLeaks } = debuggable;
    if (debugPromiseLeaks) {
        return;
    }
    debuggable.debuggablePromise = (/** @type {unknown[]} */ ...given) => {
        const limit = Error.stackTraceLimit;
        Error.stackTraceLimit = 0;
        try {
            return debuggablePromise(...given);
        } finally {
            Error.stackTraceLimit = limit;
        }
    };
};
