package io.parley.features.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.bus.Nothing;
import io.parley.features.PersistenceLab;
import io.parley.features.tenants.TenantActions.Named;
import io.parley.features.tenants.TenantActions.SetLimits;
import io.parley.server.limits.LimitActions;
import io.parley.server.limits.OwnFigures;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TenantStoreIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(new TenantsFeature()));

    private final UUID tenant = Ids.next();
    private final String slug = "t" + tenant.toString().substring(24);

    TenantStoreIT() {
        LAB.update(
                "INSERT INTO tenants (id, slug, name, settings) VALUES (?, ?, 'Acme', '{\"previews\": false}')",
                tenant,
                slug);
    }

    private static OwnFigures messages(@Nullable Integer perMinute) {
        return new OwnFigures(perMinute, null, null, null, null, null, null, null);
    }

    private void set(OwnFigures figures) {
        LAB.ask(TenantActions.SET_LIMITS, new SetLimits(slug, figures));
    }

    private static Map<UUID, OwnFigures> all() {
        return LAB.ask(LimitActions.TENANTS, Nothing.NOTHING).own();
    }

    private String settings() {
        return LAB.column(String.class, "SELECT settings::text FROM tenants WHERE id = ?", tenant)
                .getFirst();
    }

    @Test
    void whatIsChosenIsReadAndTakenBackAgain() {
        assertThat(all()).doesNotContainKey(tenant);

        set(messages(600));
        assertThat(all()).containsEntry(tenant, messages(600));
        assertThat(LAB.ask(TenantActions.LIMITS, new Named(slug)).own()).isEqualTo(messages(600));

        set(new OwnFigures(null, 0, null, null, null, null, null, null));
        assertThat(all().get(tenant).messagesPerMinute()).isNull();
        assertThat(all().get(tenant).conversationsPerHour()).isZero();

        set(OwnFigures.NONE);
        assertThat(all()).doesNotContainKey(tenant);
        assertThat(settings()).isEqualTo("{\"previews\": false}");
    }

    @Test
    void whatIsOlderThanAnHourIsCleared() {
        UUID old = Ids.next();
        UUID recent = Ids.next();
        String use = "INSERT INTO hourly_uses (tenant_id, user_id, kind, used_at) VALUES (?, ?, 'join', ARRAY["
                + "clock_timestamp() - interval '61 minutes', clock_timestamp() - ? * interval '1 minute'])";
        LAB.update(use, tenant, old, 60);
        LAB.update(use, tenant, recent, 59);

        PersistenceLab.await(new TenantStore(LAB.database()).prune());

        assertThat(LAB.column(UUID.class, "SELECT user_id FROM hourly_uses WHERE tenant_id = ?", tenant))
                .containsExactly(recent);
    }

    @Test
    void thereMustBeSuchATenant() {
        assertThat(LAB.refusal(TenantActions.LIMITS, new Named("nobody")).code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(TenantActions.SET_LIMITS, new SetLimits("nobody", messages(1)))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whatNobodyCanReadConcernsThisTenantOnly() {
        set(messages(600));
        UUID other = Ids.next();
        LAB.update(
                "INSERT INTO tenants (id, slug, name, settings) VALUES (?, ?, 'Odd', '{\"limits\": {\"messagesPerMinute\": \"many\"}}')",
                other,
                "o" + slug);
        LAB.update(
                "UPDATE tenants SET settings = jsonb_set(settings, '{limits,ofTomorrow}', '7') WHERE id = ?", tenant);

        assertThat(all()).containsEntry(other, OwnFigures.NONE).containsEntry(tenant, messages(600));
    }
}
