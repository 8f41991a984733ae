package dev.gantry.provider.bedrock;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.AwsCredentialSettings;
import dev.gantry.provider.AwsCredentialSettings.Source;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;

/** Where the key comes from with which requests are signed. Thread-safe. */
interface AwsKeySource extends AutoCloseable {
    /**
     * Returns the key of the moment. May wait for the service that gives out keys of roles when there is none that lasts.
     *
     * @throws NoAwsKeyException if there is none
     */
    AwsKey current() throws NoAwsKeyException;

    @Override
    default void close() {}

    /** There is no key to sign with; says where it was looked for. */
    final class NoAwsKeyException extends Exception {
        private static final long serialVersionUID = 1;

        NoAwsKeyException(SdkException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Returns the source that the settings ask for; nothing is looked for yet. */
    static AwsKeySource of(AwsCredentialSettings settings) {
        if (settings.source() == Source.DEFAULT_CHAIN) {
            return new DefaultChain();
        }
        // A renewed key has another id, too, which is no secret and does not follow: both wait for a restart.
        AwsKey key = new AwsKey(
                settings.accessKeyId().orElseThrow(),
                settings.secretAccessKey().orElseThrow().asItIsNow(),
                settings.sessionToken().map(Secret::asItIsNow).orElse(null));
        return () -> key;
    }

    /** Looks where AWS's own programs look, and renews keys of roles before they end. */
    final class DefaultChain implements AwsKeySource {
        private final DefaultCredentialsProvider chain =
                DefaultCredentialsProvider.builder().build();

        @Override
        public AwsKey current() throws NoAwsKeyException {
            try {
                AwsCredentials found = chain.resolveCredentials();
                return new AwsKey(
                        found.accessKeyId(),
                        Secret.of(found.secretAccessKey()),
                        found instanceof AwsSessionCredentials temporary ? Secret.of(temporary.sessionToken()) : null);
            } catch (SdkException nothingFound) {
                throw new NoAwsKeyException(nothingFound);
            }
        }

        @Override
        public void close() {
            chain.close();
        }
    }
}
