/*
 * json_simdjson: lets simdjson parse and copies its result into the arena
 * tree. Not for decisions about what we accept: those are in json.c.
 *
 * The DOM parser is used and not the on-demand one, because it has looked at
 * every byte before the first value is taken; on-demand would leave parts of
 * strictness to the way we walk.
 *
 * No exception leaves this file.
 */
#include <charconv>
#include <cstring>
#include <memory>
#include <simdjson.h>

extern "C" {
#include "lib/base/json_simdjson.h"
}

namespace
{

namespace dom = simdjson::dom;

/*
 * A parser and a padded copy of the input, kept by each thread because
 * allocating them costs more than parsing. A document larger than
 * KEPT_BYTES_MAX gets room of its own that goes away with it: simdjson needs
 * about fourteen times the document.
 */
constexpr size_t KEPT_BYTES_MAX = 256 * 1024;

struct reader {
    dom::parser parser;
    std::unique_ptr<char[]> padded;
    size_t room = 0;
};

thread_local reader kept;

struct builder {
    arena *memory;
    char *text; /* where the next text goes; room for all is there */
    size_t depth = 0;
    json_fate fate = JSON_READ;

    str copy(std::string_view from);
    const char *digits(uint64_t whole);
    void build(dom::element from, json *to);
    void build_array(dom::array from, json *to);
    void build_object(dom::object from, json *to);
};

/* Unescaped text and its NUL are never longer than the quoted source. */
str
builder::copy(std::string_view from)
{
    char *to = text;

    memcpy(to, from.data(), from.size());
    text += from.size() + 1;
    return str{ to, from.size() };
}

const char *
builder::digits(uint64_t whole)
{
    constexpr size_t DIGITS_MAX = 20;
    char *to = static_cast<char *>(arena_alloc(memory, DIGITS_MAX + 1));

    *std::to_chars(to, to + DIGITS_MAX, whole).ptr = '\0';
    return to;
}

void
builder::build_array(dom::array from, json *to)
{
    size_t count = from.size();
    json *item = count == 0 ? nullptr
                            : static_cast<json *>(
                                arena_alloc_array(memory, count, sizeof *item));

    to->kind = JSON_ARRAY;
    to->array.items = item;
    to->array.count = count;
    for (dom::element element : from)
        build(element, item++);
}

void
builder::build_object(dom::object from, json *to)
{
    size_t count = from.size();
    json_member *member =
        count == 0 ? nullptr
                   : static_cast<json_member *>(
                       arena_alloc_array(memory, count, sizeof *member));

    to->kind = JSON_OBJECT;
    to->object.members = member;
    to->object.count = count;
    for (dom::key_value_pair field : from) {
        member->name = copy(field.key);
        build(field.value, &member->value);
        member++;
    }
    if (json_members_repeat(memory, to->object.members, count))
        fate = JSON_DUPLICATE;
}

void
builder::build(dom::element from, json *to)
{
    if (from.is_array() || from.is_object())
        depth++;
    if (depth > JSON_DEPTH_MAX) {
        fate = JSON_TOO_DEEP;
        return;
    }
    switch (from.type()) {
    case dom::element_type::NULL_VALUE:
        to->kind = JSON_NULL;
        break;
    case dom::element_type::BOOL:
        to->kind = JSON_BOOL;
        to->truth = from.get_bool().value_unsafe();
        break;
    case dom::element_type::INT64:
        to->kind = JSON_INTEGER;
        to->integer = from.get_int64().value_unsafe();
        break;
    case dom::element_type::UINT64:
        to->kind = JSON_REAL;
        to->real = static_cast<double>(from.get_uint64().value_unsafe());
        to->digits = digits(from.get_uint64().value_unsafe());
        break;
    case dom::element_type::DOUBLE:
        to->kind = JSON_REAL;
        to->real = from.get_double().value_unsafe();
        to->digits = nullptr;
        break;
    case dom::element_type::STRING:
        to->kind = JSON_TEXT;
        to->text = copy(from.get_string().value_unsafe());
        break;
    case dom::element_type::ARRAY:
        build_array(from.get_array().value_unsafe(), to);
        depth--;
        break;
    case dom::element_type::OBJECT:
        build_object(from.get_object().value_unsafe(), to);
        depth--;
        break;
    }
}

json_fate
read(reader *reader, arena *memory, str source, const json **tree)
{
    size_t room = source.bytes + simdjson::SIMDJSON_PADDING;
    if (reader->room < room) {
        reader->padded.reset(new char[room]);
        reader->room = room;
    }
    memcpy(reader->padded.get(), source.data, source.bytes);
    memset(reader->padded.get() + source.bytes, ' ',
           simdjson::SIMDJSON_PADDING);

    /* simdjson does not count an empty array or object; build() does. */
    if (reader->parser.max_depth() != JSON_DEPTH_MAX + 1
        && reader->parser.allocate(source.bytes, JSON_DEPTH_MAX + 1))
        return JSON_NO_MEMORY;

    dom::element root;
    switch (reader->parser.parse(reader->padded.get(), source.bytes, false)
                .get(root)) {
    case simdjson::SUCCESS:
        break;
    case simdjson::DEPTH_ERROR:
        return JSON_TOO_DEEP;
    case simdjson::MEMALLOC:
        return JSON_NO_MEMORY;
    default:
        return JSON_FAULTY;
    }

    builder builder{ memory,
                     static_cast<char *>(arena_alloc(memory, source.bytes)) };
    json *top = static_cast<json *>(arena_alloc(memory, sizeof *top));
    char *text = builder.text;
    builder.build(root, top);
    if (builder.fate != JSON_READ)
        return builder.fate;

    /* simdjson lets "\udc00" without its first half through. */
    if (memchr(source.data, '\\', source.bytes) != nullptr
        && !simdjson::validate_utf8(text, builder.text - text))
        return JSON_FAULTY;
    *tree = top;
    return JSON_READ;
}

} // namespace

json_fate
json_simdjson_parse(arena *memory, str source, const json **tree)
try {
    if (source.bytes <= KEPT_BYTES_MAX)
        return read(&kept, memory, source, tree);

    std::unique_ptr<reader> large(new reader);
    return read(large.get(), memory, source, tree);
} catch (const std::bad_alloc &) {
    return JSON_NO_MEMORY;
} catch (...) {
    return JSON_FAULTY;
}

size_t
json_simdjson_real(char out[JSON_REAL_BYTES_MAX], double value)
{
    return std::to_chars(out, out + JSON_REAL_BYTES_MAX, value).ptr - out;
}
