package dev.gantry.server;

import dev.gantry.batch.Batch;
import dev.gantry.batch.BatchItem;
import dev.gantry.gateway.Ask;
import dev.gantry.gateway.ChatAnswer;
import dev.gantry.gateway.Exchange;
import dev.gantry.gateway.Guard;
import dev.gantry.gateway.Guarded;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.Plan;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.gateway.Settled;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A request that is made for somebody who handed it in earlier. */
record BatchAsk(Ask ask, BatchItem item) implements Ask {
    /** Who handed it in, with what they may do now. */
    @Override
    public Caller authenticate(Identity identity) {
        Batch batch = item.batch();
        return identity.onBehalf(item.organization(), batch.principalId(), batch.keyId());
    }

    @Override
    public @Nullable UUID executionId() {
        return item.executionId();
    }

    @Override
    public Origin origin() {
        return ask.origin();
    }

    @Override
    public Credentials credentials() {
        return ask.credentials();
    }

    @Override
    public Prompt prepare(Caller caller) {
        return ask.prepare(caller);
    }

    @Override
    public boolean wantsPreview() {
        return ask.wantsPreview();
    }

    @Override
    public Preview preview(Caller caller, Plan plan, Guard.Preview passed) {
        return ask.preview(caller, plan, passed);
    }

    @Override
    public ReplyFormat format() {
        return ask.format();
    }

    @Override
    public Exchange exchange() {
        return ask.exchange();
    }

    @Override
    public void answered(Settled settled, @Nullable ChatAnswer answer, Guarded guarded) {
        ask.answered(settled, answer, guarded);
    }
}
