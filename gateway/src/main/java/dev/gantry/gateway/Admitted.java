package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.metering.Model;

/**
 * A request that may go on: the caller is known, holds the permissions, and every limit has room for it.
 *
 * @param model the model that the request names
 */
public record Admitted(Ask ask, Caller caller, Prompt prompt, Model model) {}
