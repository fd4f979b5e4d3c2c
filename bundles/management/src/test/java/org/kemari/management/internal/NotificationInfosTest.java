package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.management.MBeanNotificationInfo;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.NotificationTypes;

class NotificationInfosTest {
    private static List<String> types(MBeanNotificationInfo[] infos) {
        return Arrays.stream(infos)
                .flatMap(i -> Arrays.stream(i.getNotifTypes()))
                .toList();
    }

    @Test
    void everyTypeIsListedByTheHostAndByAnotherMBean() throws Exception {
        List<String> all = new ArrayList<>();
        for (Field field : NotificationTypes.class.getFields()) {
            all.add((String) field.get(null));
        }
        assertThat(types(NotificationInfos.host())).containsExactlyInAnyOrderElementsOf(all);
        List<String> elsewhere = new ArrayList<>(types(NotificationInfos.domain()));
        elsewhere.addAll(types(NotificationInfos.peer()));
        elsewhere.addAll(types(NotificationInfos.arbiter()));
        elsewhere.addAll(types(NotificationInfos.thresholds()));
        elsewhere.add(NotificationTypes.HOST_CHECK);
        assertThat(elsewhere).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void everyTypeIsDescribed() {
        assertThat(NotificationInfos.host())
                .allSatisfy(info -> assertThat(info.getDescription()).contains(" "));
    }
}
