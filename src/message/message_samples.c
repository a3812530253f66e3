/* message_samples: the templates that a new workspace begins with. They are
 * data from then on, and anybody's to change. */
#include "src/message/message.h"

static const struct {
    struct str name;
    struct str language;
    struct str subject;
    struct str body;
} samples[] = {
    { STR_INIT("Product introduction"), STR_INIT("en"),
      STR_INIT("About {{lead.product|default:\"our products\"}}"),
      STR_INIT("Dear {{lead.name|default:\"customer\"}},\n\n"
               "thank you for your interest in "
               "{{lead.product|default:\"our products\"}}. May I show you in "
               "a quarter of an hour what it does for companies like "
               "{{lead.company|default:\"yours\"}}?\n\n"
               "{{owner.name}}\n{{workspace.name}}\n") },
    { STR_INIT("Meeting request"), STR_INIT("en"),
      STR_INIT("A meeting with {{workspace.name}}"),
      STR_INIT("Dear {{lead.name|default:\"customer\"}},\n\n"
               "when would suit you for a short talk this week or next? Name "
               "two or three times, and I will confirm one of them.\n\n"
               "{{owner.name}}\n{{workspace.name}}\n") },
    { STR_INIT("Thanks"), STR_INIT("en"),
      STR_INIT("Thank you for writing to {{workspace.name}}"),
      STR_INIT("Dear {{lead.name|default:\"customer\"}},\n\n"
               "thank you for your message. {{owner.name}} looks after it and "
               "will come back to you soon.\n\n"
               "{{workspace.name}}\n") },
    { STR_INIT("New launch"), STR_INIT("en"),
      STR_INIT("New from {{workspace.name}}"),
      STR_INIT("Dear {{lead.name|default:\"customer\"}},\n\n"
               "we have something new that may be of use to "
               "{{lead.company|default:\"you\"}}. Shall I tell you more?\n\n"
               "{{owner.name}}\n{{workspace.name}}\n") },
    { STR_INIT("제품 소개"), STR_INIT("ko"),
      STR_INIT("{{lead.product|default:\"제품\"}} 안내"),
      STR_INIT("{{lead.name|default:\"고객\"}} 님, 안녕하세요.\n\n"
               "{{lead.product|default:\"저희 제품\"}}에 관심을 가져 주셔서 "
               "감사합니다. 15분 정도 시간을 내 주시면 어떤 도움이 되는지 "
               "보여 드리겠습니다.\n\n"
               "{{owner.name}} 드림\n{{workspace.name}}\n") },
    { STR_INIT("미팅 요청"), STR_INIT("ko"),
      STR_INIT("{{workspace.name}} 미팅 요청"),
      STR_INIT("{{lead.name|default:\"고객\"}} 님, 안녕하세요.\n\n"
               "이번 주나 다음 주 중 편하신 시간을 두세 개 알려 주시면 그중 "
               "하나로 확정해 드리겠습니다.\n\n"
               "{{owner.name}} 드림\n{{workspace.name}}\n") },
    { STR_INIT("감사 인사"), STR_INIT("ko"),
      STR_INIT("{{workspace.name}}에 문의해 주셔서 감사합니다"),
      STR_INIT("{{lead.name|default:\"고객\"}} 님, 안녕하세요.\n\n"
               "문의해 주셔서 감사합니다. {{owner.name}} 담당자가 곧 "
               "연락드리겠습니다.\n\n"
               "{{workspace.name}}\n") },
    { STR_INIT("신제품 안내"), STR_INIT("ko"),
      STR_INIT("{{workspace.name}} 신제품 안내"),
      STR_INIT("{{lead.name|default:\"고객\"}} 님, 안녕하세요.\n\n"
               "도움이 될 만한 새 제품이 나왔습니다. 자세한 내용을 보내 "
               "드릴까요?\n\n"
               "{{owner.name}} 드림\n{{workspace.name}}\n") },
};

bool
message_samples_add(struct work *w)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct message_template template = {
            .id = work_id(w),
            .name = samples[i].name,
            .channel = CHANNEL_EMAIL,
            .language = samples[i].language,
            .subject = samples[i].subject,
            .body = samples[i].body,
        };
        if (!message_template_check(w, &template)
            || !message_template_save(w, &template))
            return false;
    }
    return true;
}
