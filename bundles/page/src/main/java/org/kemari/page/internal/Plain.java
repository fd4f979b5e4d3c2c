package org.kemari.page.internal;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/** The values of MBeans as lists, maps, numbers, booleans and strings. */
final class Plain {
    private Plain() {}

    /** Empty for nothing. Tables of keys and values, which is what maps are in MBeans, become maps. */
    static Optional<Object> of(Object value) {
        if (value == null) {
            return Optional.empty();
        } else if (value instanceof CompositeData composite) {
            return Optional.of(map(composite));
        } else if (value instanceof TabularData table) {
            return Optional.of(table(table));
        } else if (value.getClass().isArray()) {
            List<Object> elements = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                of(Array.get(value, i)).ifPresent(elements::add);
            }
            return Optional.of(elements);
        } else if (value instanceof Number || value instanceof Boolean) {
            return Optional.of(value);
        }
        return Optional.of(value.toString());
    }

    private static Map<String, Object> map(CompositeData composite) {
        Map<String, Object> map = new LinkedHashMap<>();
        composite.getCompositeType().keySet().forEach(key -> of(composite.get(key))
                .ifPresent(v -> map.put(key, v)));
        return map;
    }

    private static Object table(TabularData table) {
        List<String> index = table.getTabularType().getIndexNames();
        Collection<?> rows = table.values();
        if (index.equals(List.of("key"))) {
            Map<String, Object> map = new LinkedHashMap<>();
            rows.forEach(row -> {
                CompositeData entry = (CompositeData) row;
                of(entry.get("value")).ifPresent(value -> map.put(String.valueOf(entry.get("key")), value));
            });
            return map;
        }
        return rows.stream().map(row -> map((CompositeData) row)).toList();
    }
}
