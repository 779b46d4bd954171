package io.parley.features.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.PersistenceLab;
import io.parley.features.presence.PresenceActions.Choice;
import io.parley.features.presence.PresenceActions.Choose;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ChoiceStoreIT {
    @RegisterExtension
    static final PersistenceLab LAB =
            new PersistenceLab((config, metrics) -> List.of(new PresenceFeature(config, metrics)));

    private final UUID ada = LAB.person();

    private static Choice choose(UUID user, String status) {
        return LAB.ask(PresenceActions.CHOOSE, new Choose(PersistenceLab.TENANT, user, status));
    }

    private static List<Choice> choices(Person... people) {
        return LAB.ask(PresenceActions.CHOICES, new People(List.of(people))).choices();
    }

    @Test
    void theLastChoiceHoldsAndEachHasAHigherRevision() {
        Choice busy = choose(ada, "busy");
        Choice hidden = choose(ada, "invisible");
        Choice still = choose(ada, "invisible");

        assertThat(hidden.revision()).isGreaterThan(busy.revision());
        assertThat(still.revision()).isGreaterThan(hidden.revision());
        assertThat(still.since()).isEqualTo(hidden.since());
        assertThat(choices(new Person(PersistenceLab.TENANT, ada))).containsExactly(still);
    }

    @Test
    void revisionsGoOnAboveThoseThatARestoredBackupHasForgotten() {
        Choice forgotten = choose(ada, "busy");
        LAB.update("UPDATE presence_choices SET revision = revision - 100000 WHERE user_id = ?", ada);

        assertThat(choose(ada, "online").revision()).isGreaterThan(forgotten.revision());
    }

    @Test
    void whoHasChosenNothingOrIsOfAnotherTenantIsLeftOut() {
        choose(ada, "invisible");
        UUID bob = LAB.person();

        assertThat(choices(new Person(PersistenceLab.TENANT, bob), new Person(new UUID(0, 9), ada)))
                .isEmpty();
    }
}
