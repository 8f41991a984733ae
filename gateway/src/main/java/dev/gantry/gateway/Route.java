package dev.gantry.gateway;

import dev.gantry.metering.Model;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;

/** Where a guarded request goes. */
record Route(Guarded guarded, Model model, ChatProvider provider, CallContext context) {
    Prompt prompt() {
        return guarded.admitted().prompt();
    }

    Ask ask() {
        return guarded.admitted().ask();
    }
}
