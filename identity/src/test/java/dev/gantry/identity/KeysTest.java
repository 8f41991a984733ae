package dev.gantry.identity;

import static dev.gantry.identity.TestingIdentity.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
    @TempDir
    Path directory;

    private TestingIdentity testing;
    private Keys keys;
    private Caller administrator;

    @BeforeEach
    void open() throws Exception {
        testing = TestingIdentity.open(directory);
        keys = testing.identity().keys();
        administrator = testing.administrator();
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private boolean works(IssuedKey issued) {
        try {
            testing.authenticate(issued.text().reveal());
            return true;
        } catch (GantryException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            return false;
        }
    }

    private IssuedKey create(
            Caller caller,
            @Nullable String principal,
            @Nullable List<String> permissions,
            @Nullable Instant expiresAt) {
        return keys.create(caller, new KeyRequest("k", principal, null, null, permissions, expiresAt));
    }

    @Test
    void shouldMakeDistinctKeysOfTheDocumentedForm() {
        Set<String> texts = new HashSet<>();
        for (int count = 0; count < 1_000; count++) {
            String text = KeyText.issue(KeyText.newPrefix());
            assertThat(text).matches("gk_[0-9A-Za-z]{10}_[0-9A-Za-z]{43}");
            assertThat(KeyText.prefix(text)).isEqualTo(text.substring(3, 13));
            texts.add(text);
        }
        assertThat(texts).hasSize(1_000);
    }

    @Test
    void shouldStoreNoSecret() {
        IssuedKey issued = create(administrator, null, null, null);
        String secret = issued.text().reveal().substring(14);
        List<String> rows = testing.database()
                .inOrganization(
                        administrator.organization(),
                        handle -> handle.createQuery("""
                                SELECT CAST(k AS text) FROM api_keys k
                                UNION ALL SELECT encode(hash, 'escape') || CAST(s AS text) FROM key_secrets s""").mapTo(String.class).list());
        assertThat(rows).hasSizeGreaterThan(2).noneMatch(row -> row.contains(secret));
        assertThat(rows)
                .noneMatch(row -> row.contains(HexFormat.of().formatHex(secret.getBytes(StandardCharsets.US_ASCII))));
        assertThat(issued.toString()).doesNotContain(secret);
    }

    @Nested
    class Rotating {
        @Test
        void shouldKeepBothSecretsUntilTheOldOneIsRetired() {
            IssuedKey first = create(administrator, null, null, null);
            UUID id = first.key().id();
            IssuedKey second = keys.rotate(administrator, id, null);
            assertThat(works(first)).isTrue();
            assertThat(works(second)).isTrue();
            assertThat(second.key().prefix()).isEqualTo(first.key().prefix());
            List<ApiKey.LiveSecret> secrets = keys.show(administrator, id).secrets();
            assertThat(secrets).hasSize(2);
            assertRefused(ErrorCode.CONFLICT, () -> keys.rotate(administrator, id, null));

            assertThat(keys.retireSecret(administrator, id, secrets.getLast().id())
                            .secrets())
                    .hasSize(1);
            assertThat(works(first)).isFalse();
            assertThat(works(second)).isTrue();
            assertRefused(
                    ErrorCode.CONFLICT,
                    () -> keys.retireSecret(
                            administrator, id, secrets.getFirst().id()));
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    () -> keys.retireSecret(administrator, id, secrets.getLast().id()));
        }

        @Test
        void shouldEndTheOldSecretAfterTheOverlap() {
            IssuedKey first = create(administrator, null, null, null);
            UUID id = first.key().id();
            IssuedKey second = keys.rotate(administrator, id, Duration.ofHours(1));
            testing.setNow(testing.now().plus(Duration.ofMinutes(59)));
            assertThat(works(first)).isTrue();
            testing.setNow(testing.now().plus(Duration.ofMinutes(1)));
            assertThat(works(first)).isFalse();
            assertThat(works(second)).isTrue();
            assertThat(works(keys.rotate(administrator, id, Duration.ZERO))).isTrue();
            assertThat(works(second)).isFalse();
            assertThat(keys.rotate(administrator, id, null).key().secrets()).hasSize(2);
            assertThat(testing.database()
                            .<Integer>inOrganization(
                                    administrator.organization(),
                                    handle -> handle.createQuery(
                                                    "SELECT count(*) FROM key_secrets WHERE key_id = :id AND retired_at IS NULL")
                                            .bind("id", id)
                                            .mapTo(Integer.class)
                                            .one()))
                    .as("expired secrets do not pile up")
                    .isEqualTo(2);
        }

        @Test
        void shouldRotateADeadKeyForNobody() {
            IssuedKey revoked = create(administrator, null, null, null);
            keys.revoke(administrator, revoked.key().id());
            assertRefused(
                    ErrorCode.CONFLICT,
                    () -> keys.rotate(administrator, revoked.key().id(), null));
            IssuedKey expired = create(administrator, null, null, testing.now().plusSeconds(1));
            testing.setNow(testing.now().plusSeconds(1));
            assertRefused(
                    ErrorCode.CONFLICT,
                    () -> keys.rotate(administrator, expired.key().id(), null));
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> keys.rotate(administrator, expired.key().id(), Duration.ofSeconds(-1)));
        }

        @Test
        void shouldNeverLeaveMoreThanTwoSecretsAlive() throws Exception {
            UUID id = create(administrator, null, null, null).key().id();
            List<Callable<IssuedKey>> rotations = new ArrayList<>();
            for (int count = 0; count < 8; count++) {
                rotations.add(() -> keys.rotate(administrator, id, null));
            }
            int done = 0;
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<IssuedKey> rotation : executor.invokeAll(rotations)) {
                    try {
                        rotation.get();
                        done++;
                    } catch (ExecutionException refused) {
                        assertThat(refused.getCause())
                                .isInstanceOfSatisfying(
                                        GantryException.class,
                                        error -> assertThat(error.code()).isEqualTo(ErrorCode.CONFLICT));
                    }
                }
            }
            assertThat(done).isEqualTo(1);
            assertThat(keys.show(administrator, id).secrets()).hasSize(2);
        }
    }

    @Test
    void shouldRevokeForGoodAndMoreThanOnce() {
        IssuedKey issued = create(administrator, null, null, null);
        ApiKey revoked = keys.revoke(administrator, issued.key().id());
        assertThat(revoked.revokedAt()).isEqualTo(testing.now());
        testing.setNow(testing.now().plusSeconds(5));
        assertThat(keys.revoke(administrator, issued.key().id()).revokedAt()).isEqualTo(revoked.revokedAt());
        assertThat(works(issued)).isFalse();
        assertRefused(ErrorCode.NOT_FOUND, () -> keys.revoke(administrator, Ids.next()));
    }

    @Test
    void shouldListInPagesAndByOwner() {
        testing.user("u@example.com");
        for (int count = 0; count < 5; count++) {
            create(administrator, "u@example.com", null, null);
        }
        IssuedKey gone = create(administrator, "u@example.com", null, null);
        keys.revoke(administrator, gone.key().id());
        List<ApiKey> seen = new ArrayList<>();
        String cursor = null;
        do {
            Page<ApiKey> page = keys.list(
                    administrator, new KeyQuery("u@example.com", null, null, null, null), new PageRequest(2, cursor));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(2);
            seen.addAll(page.items());
            cursor = page.nextCursor();
        } while (cursor != null);
        assertThat(seen)
                .hasSize(6)
                .doesNotHaveDuplicates()
                .as("the newest first")
                .isSortedAccordingTo((one, other) -> other.id().compareTo(one.id()))
                .allMatch(key -> key.principal().equals("u@example.com"));
        assertThat(keys.list(administrator, KeyQuery.of("u@example.com"), PageRequest.FIRST)
                        .items())
                .hasSize(7);
        assertThat(keys.list(administrator, KeyQuery.LIVE, PageRequest.FIRST).items())
                .hasSize(7);
    }

    private List<String> names(KeyQuery query) {
        return keys.list(administrator, query, PageRequest.FIRST).items().stream()
                .map(ApiKey::name)
                .toList();
    }

    @Test
    void shouldFindKeysByWhatIsKnownOfThem() {
        Instant soon = testing.now().plusSeconds(60);
        testing.identity().teams().create(administrator, "apollo", "");
        testing.identity().teams().addMember(administrator, "apollo", administrator.principal());
        keys.create(administrator, new KeyRequest("Nightly build", null, "apollo", "moon", null, null));
        IssuedKey brief = keys.create(administrator, new KeyRequest("brief", null, null, null, null, soon));
        IssuedKey gone = keys.create(administrator, new KeyRequest("gone", null, null, null, null, null));
        keys.revoke(administrator, gone.key().id());
        testing.setNow(soon);
        assertThat(names(new KeyQuery(null, "apollo", null, null, null))).containsExactly("Nightly build");
        assertThat(names(new KeyQuery(null, null, "moon", null, null))).containsExactly("Nightly build");
        assertThat(names(new KeyQuery(null, null, null, "NIGHT", null))).containsExactly("Nightly build");
        assertThat(names(new KeyQuery(null, null, null, "100%", null))).isEmpty();
        assertThat(names(new KeyQuery(null, null, null, brief.key().prefix(), null)))
                .containsExactly("brief");
        assertThat(names(new KeyQuery(null, null, null, null, KeyQuery.State.EXPIRED)))
                .containsExactly("brief");
        assertThat(names(new KeyQuery(null, null, null, null, KeyQuery.State.REVOKED)))
                .containsExactly("gone");
        assertThat(names(new KeyQuery(null, null, null, null, KeyQuery.State.ACTIVE)))
                .contains("Nightly build")
                .doesNotContain("brief", "gone");
        assertThat(names(new KeyQuery(null, null, null, null, KeyQuery.State.ANY)))
                .startsWith("gone", "brief", "Nightly build");
    }

    @Nested
    class Belonging {
        @Test
        void shouldLeaveKeysOfOthersAloneWithoutAPermission() {
            Caller user = testing.user("u@example.com", "patterns:read");
            UUID theirs = create(administrator, null, null, null).key().id();
            assertThat(keys.list(user, KeyQuery.LIVE, PageRequest.FIRST).items())
                    .isNotEmpty()
                    .allMatch(key -> key.principal().equals("u@example.com"));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> keys.list(user, KeyQuery.of("admin@localhost"), PageRequest.FIRST));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> keys.show(user, theirs));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> keys.revoke(user, theirs));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> keys.rotate(user, theirs, null));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> keys.retireSecret(user, theirs, Ids.next()));
            testing.user("other@example.com", "patterns:read");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> create(user, "other@example.com", List.of("patterns:read"), null));
        }

        @Test
        void shouldTellNobodyWhoAndWhichTeamsThereAre() {
            Caller user = testing.user("u@example.com", "patterns:read");
            testing.identity().teams().create(administrator, "secret", "");
            for (String principal : List.of("admin@localhost", "nobody@example.com")) {
                assertRefused(
                        ErrorCode.PERMISSION_DENIED, () -> keys.list(user, KeyQuery.of(principal), PageRequest.FIRST));
                assertRefused(
                        ErrorCode.PERMISSION_DENIED, () -> create(user, principal, List.of("patterns:read"), null));
            }
            for (String team : List.of("secret", "unknown")) {
                KeyRequest bound = new KeyRequest("k", null, team, null, null, null);
                assertThat(catchThrowableOfType(GantryException.class, () -> keys.create(user, bound)))
                        .hasMessage("There is no team '" + team + "'");
                assertRefused(
                        ErrorCode.NOT_FOUND,
                        () -> keys.list(user, new KeyQuery(null, team, null, null, null), PageRequest.FIRST));
            }
            testing.identity().teams().addMember(administrator, "secret", "u@example.com");
            assertThat(keys.create(user, new KeyRequest("k", "U@example.com", "secret", null, null, null))
                            .key()
                            .team())
                    .isEqualTo("secret");
        }

        @Test
        void shouldLetEverybodyCareForTheirOwn() {
            Caller user = testing.user("u@example.com", "patterns:read");
            UUID own = create(user, null, null, null).key().id();
            assertThat(keys.show(user, own).principal()).isEqualTo("u@example.com");
            assertThat(keys.rotate(user, own, Duration.ZERO).key().id()).isEqualTo(own);
            assertThat(keys.revoke(user, own).revokedAt()).isNotNull();
        }

        @Test
        void shouldNotLetARestrictedKeyOutliveItself() {
            Caller user = testing.user("u@example.com", "patterns:read");
            Caller restricted = testing.withKey(user, List.of("patterns:read"));
            UUID used = Objects.requireNonNull(restricted.keyId());
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> create(restricted, null, List.of("patterns:read"), null));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> keys.rotate(restricted, used, null));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> keys.list(restricted, KeyQuery.LIVE, PageRequest.FIRST));
        }
    }

    @Test
    void shouldNameEveryWrongField() {
        GantryException error = catchThrowableOfType(
                GantryException.class,
                () -> keys.create(
                        administrator,
                        new KeyRequest(
                                " ",
                                null,
                                null,
                                "Not A Tag",
                                List.of("patterns:read", "paterns:read"),
                                testing.now())));
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error.errors())
                .extracting(GantryException.FieldError::pointer)
                .containsExactly("/name", "/project", "/permissions/1", "/expires_at");
    }

    @Test
    void shouldRefuseATeamThatTheOwnerIsNotIn() {
        testing.identity().teams().create(administrator, "other", "");
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> keys.create(administrator, new KeyRequest("k", null, "other", null, null, null)));
        assertRefused(
                ErrorCode.NOT_FOUND,
                () -> keys.create(administrator, new KeyRequest("k", null, "nowhere", null, null, null)));
    }

    @Test
    void shouldRefuseKeysForTheInactive() {
        testing.user("u@example.com");
        testing.identity().users().deactivate(administrator, "u@example.com");
        assertRefused(ErrorCode.CONFLICT, () -> create(administrator, "u@example.com", null, null));
    }

    @Nested
    class Escalating {
        @Test
        void shouldLetOneMakeUnrestrictedKeysForOneself() {
            Caller user = testing.user("u@example.com", "keys:create", "patterns:read");
            assertThat(works(create(user, null, null, null))).isTrue();
            assertThat(works(create(user, "u@example.com", null, null))).isTrue();
        }

        @Test
        void shouldMakeKeysForOthersOnlyWithinOnesOwnRights() {
            Caller user = testing.user("u@example.com", "keys:*", "patterns:read");
            testing.user("other@example.com", "patterns:*");
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> create(user, "other@example.com", null, null));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> create(user, "other@example.com", List.of("patterns:delete"), null));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> create(user, "admin@localhost", List.of("*"), null));
            assertThat(works(create(user, "other@example.com", List.of("patterns:read:a*"), null)))
                    .isTrue();
        }

        @Test
        void shouldNotWidenARestrictedKey() {
            Caller user = testing.user("u@example.com", "keys:*", "patterns:*");
            Caller restricted = testing.withKey(user, List.of("keys:*", "patterns:read"));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> create(restricted, null, null, null));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> create(restricted, null, List.of("patterns:delete"), null));
            assertThat(works(create(restricted, null, List.of("patterns:read"), null)))
                    .isTrue();
            IssuedKey unrestricted = testing.key("u@example.com", null);
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> keys.rotate(restricted, unrestricted.key().id(), null));
        }

        @Test
        void shouldNotTakeOverStrongerKeysByRotatingThem() {
            Caller user = testing.user("u@example.com", "keys:*");
            UUID administrators = Objects.requireNonNull(administrator.keyId());
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> keys.rotate(user, administrators, null));
            assertThat(keys.revoke(
                                    user,
                                    create(administrator, null, null, null)
                                            .key()
                                            .id())
                            .revokedAt())
                    .as("stopping a leaked key takes no more")
                    .isNotNull();
        }

        @Test
        void shouldNotOutliveTheKeyThatMakesIt() {
            Caller user = testing.user("u@example.com", "keys:*");
            Instant end = testing.now().plusSeconds(60);
            Caller brief = testing.authenticate(
                    create(administrator, "u@example.com", null, end).text().reveal());
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> create(brief, null, null, null));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> create(brief, null, null, end.plusSeconds(1)));
            assertThat(works(create(brief, null, null, end))).isTrue();
            UUID lasting = Objects.requireNonNull(user.keyId());
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> keys.rotate(brief, lasting, null));
        }

        @Test
        void shouldNotEscapeATeamOrProject() {
            Teams teams = testing.identity().teams();
            testing.user("u@example.com", "keys:*");
            for (String team : List.of("cheap", "rich")) {
                teams.create(administrator, team, "");
                teams.addMember(administrator, team, "u@example.com");
            }
            Caller bound = testing.authenticate(
                    keys.create(administrator, new KeyRequest("k", "u@example.com", "cheap", "p1", null, null))
                            .text()
                            .reveal());
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> create(bound, null, null, null));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> keys.create(bound, new KeyRequest("k", null, "rich", "p1", null, null)));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> keys.create(bound, new KeyRequest("k", null, "cheap", "p2", null, null)));
            assertThat(works(keys.create(bound, new KeyRequest("k", null, "cheap", "p1", null, null))))
                    .isTrue();
        }
    }
}
