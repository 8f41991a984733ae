package dev.gantry.signin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That somebody signed in at a provider, of which everything was verified.
 *
 * @param person what the provider says of them
 * @param session the provider's name of the session, 1 to 255 characters; null if it gives none
 * @param provenAt when they last proved to the provider who they are; null if it does not say
 * @param assurance how strongly they did
 * @param endsAt when the provider wants the session to end at the latest; null if it does not say
 */
public record ProviderLogin(
        ExternalPerson person,
        @Nullable String session,
        @Nullable Instant provenAt,
        Assurance assurance,
        @Nullable Instant endsAt) {}
