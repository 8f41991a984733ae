package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.developer;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.TestingDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An asset gets another name while others are at it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RenameTest {
    private static final int AT_ONCE = 8;

    private final TestingRegistry registry = new TestingRegistry();
    private final Assets assets = registry.assets();
    private final Caller ana = developer(TestingDatabase.newOrganization(), "ana@example.com", "team-a");

    @AfterAll
    void close() {
        registry.close();
    }

    private void put(String name, String content) {
        assets.put(ana, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private String content(String name) {
        return assets.get(ana, AssetKind.PATTERN, name).content();
    }

    private void assertMissing(String name) {
        assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> content(name), name);
    }

    /** Writes as soon as the other name is there and the old one is not gone yet. */
    private AssetListener writing(String after, Runnable write) {
        return new AssetListener() {
            @Override
            public void stored(Handle handle, List<Written> written) {
                if (written.getFirst().name().path().equals(after)) {
                    try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
                        other.submit(write).get();
                    } catch (Exception failed) {
                        throw new AssertionError(failed);
                    }
                }
            }
        };
    }

    @Test
    void shouldKeepWhatSomebodyWritesMeanwhile() {
        put("team-a/plan", "one");
        assets.listen(writing("scheme", () -> put("team-a/plan", "two")));
        try {
            assertRefused(
                    ErrorCode.CONFLICT,
                    () -> assets.rename(ana, AssetKind.PATTERN, "team-a/plan", "team-a/scheme"),
                    "'team-a/plan' was changed in the meantime");
        } finally {
            assets.listen(AssetListener.NONE);
        }
        assertThat(content("team-a/plan")).isEqualTo("two");
        assertMissing("team-a/scheme");
        assets.rename(ana, AssetKind.PATTERN, "team-a/plan", "team-a/scheme");
        assertThat(content("team-a/scheme")).isEqualTo("two");
        assertMissing("team-a/plan");
    }

    @Test
    void shouldNotBringBackWhatSomebodyDeletesMeanwhile() {
        put("team-a/old-way", "one");
        assets.listen(writing(
                "new-way", () -> assets.delete(ana, AssetKind.PATTERN, "team-a/old-way", new Precondition.None())));
        try {
            assertRefused(
                    ErrorCode.CONFLICT,
                    () -> assets.rename(ana, AssetKind.PATTERN, "team-a/old-way", "team-a/new-way"),
                    "'team-a/old-way' does not exist");
        } finally {
            assets.listen(AssetListener.NONE);
        }
        assertMissing("team-a/old-way");
        assertMissing("team-a/new-way");
    }

    @Test
    void shouldGiveOneOfManyNamesWhenAllRenameAtOnce() throws Exception {
        put("team-a/wanted", "text");
        List<Future<String>> renames = new ArrayList<>();
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int index = 0; index < AT_ONCE; index++) {
                String after = "team-a/mine-" + index;
                renames.add(people.submit(() -> {
                    try {
                        assets.rename(ana, AssetKind.PATTERN, "team-a/wanted", after);
                        return after;
                    } catch (GantryException refused) {
                        assertThat(refused.code()).isIn(ErrorCode.CONFLICT, ErrorCode.UNKNOWN_PATTERN);
                        return "";
                    }
                }));
            }
        }
        List<String> given = new ArrayList<>();
        for (Future<String> rename : renames) {
            if (!rename.get().isEmpty()) {
                given.add(rename.get());
            }
        }
        assertThat(given).hasSize(1);
        assertThat(content(given.getFirst())).isEqualTo("text");
        assertMissing("team-a/wanted");
        for (int index = 0; index < AT_ONCE; index++) {
            String other = "team-a/mine-" + index;
            if (!given.contains(other)) {
                assertMissing(other);
            }
        }
    }
}
