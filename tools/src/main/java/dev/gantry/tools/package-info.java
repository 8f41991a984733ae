/**
 * What the operator lets workflows and agents reach outside of Gantry: addresses, tools of MCP servers, and commands. Nothing
 * is reachable that is not configured; every call is bounded in time and size, and secrets enter it at the last moment.
 */
@NullMarked
package dev.gantry.tools;

import org.jspecify.annotations.NullMarked;
