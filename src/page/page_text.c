/*
 * page_text: the table of what the pages say. A text that is missing in a
 * language stops page_test.
 */
#include "src/page/page_text.h"

#include <assert.h>

static const char *const words[WORD_COUNT][PAGE_LANGUAGES] = {
    [WORD_SKIP] = { "Skip to the content", "본문으로 건너뛰기" },
    [WORD_OPTIONAL] = { "optional", "선택" },
    [WORD_CHECK_FIELDS] = { "Please look at the marked fields.",
                            "표시된 항목을 확인해 주십시오." },
    [WORD_NOT_OURS] = { "Please open this page here and try again: the request "
                        "came from "
                        "another site.",
                        "다른 사이트에서 온 요청입니다. 이 페이지를 열고 다시 "
                        "시도해 "
                        "주십시오." },
    [WORD_UNREADABLE] = { "What was sent cannot be read. Please go back and "
                          "try again.",
                          "보낸 내용을 읽을 수 없습니다. 뒤로 가서 다시 시도해 "
                          "주십시오." },

    /* first set-up */
    [WORD_SETUP_TITLE] = { "Set up Baton", "Baton 시작하기" },
    [WORD_SETUP_ABOUT] = { "One minute: a name for your workspace, and the "
                           "account that owns it.",
                           "1분이면 됩니다. 워크스페이스의 이름과 소유자 "
                           "계정을 정합니다." },
    [WORD_SETUP_DO] = { "Create workspace", "워크스페이스 만들기" },
    [WORD_SETUP_CLOSED_TITLE] = { "This link is not valid any more",
                                  "더 이상 쓸 수 없는 링크입니다" },
    [WORD_SETUP_CLOSED] = { "A set-up link works once, until the server is "
                            "started again.",
                            "시작 링크는 한 번만, 서버를 다시 시작할 때까지만 "
                            "쓸 수 있습니다." },
    [WORD_SETUP_WAITS_TITLE] = { "Baton is not set up yet",
                                 "아직 설정되지 않았습니다" },
    [WORD_SETUP_WAITS] = { "Open the set-up link that the server printed when "
                           "it started. It "
                           "looks like this:",
                           "서버가 시작할 때 출력한 시작 링크를 여십시오. "
                           "다음과 같은 "
                           "주소입니다." },
    [WORD_WORKSPACE_NAME] = { "Workspace name", "워크스페이스 이름" },
    [WORD_WORKSPACE_NAME_HINT] = { "Your company or team.",
                                   "회사나 팀의 이름입니다." },
    [WORD_YOUR_NAME] = { "Your name", "이름" },
    [WORD_EMAIL] = { "E-mail", "이메일" },
    [WORD_PASSWORD] = { "Password", "비밀번호" },
    [WORD_PASSWORD_HINT] = { "8 characters or more.", "8자 이상입니다." },
    [WORD_SENTENCES] = { "Language of the workspace", "워크스페이스 언어" },
    [WORD_SENTENCES_HINT] = { "In which decisions are explained.",
                              "배정 이유를 설명하는 언어입니다." },
    [WORD_TIME_ZONE] = { "Time zone", "시간대" },
    [WORD_TIME_ZONE_HINT] = { "For example Asia/Seoul or Europe/London.",
                              "예: Asia/Seoul" },
    [WORD_FAULT_WORKSPACE] = { "A workspace needs a name with a letter or a "
                               "digit in it.",
                               "글자나 숫자가 들어간 이름이 필요합니다." },
    [WORD_FAULT_NAME] = { "Please say who you are.",
                          "이름을 입력해 주십시오." },
    [WORD_FAULT_EMAIL] = { "This is no e-mail address, like ana@example.com.",
                           "이메일 주소 형식이 아닙니다. 예: ana@example.com" },
    [WORD_FAULT_PASSWORD] = { "A password has 8 characters or more.",
                              "비밀번호는 8자 이상이어야 합니다." },
    [WORD_FAULT_ZONE] = { "There is no such time zone. Choose one of the list, "
                          "like Asia/Seoul.",
                          "없는 시간대입니다. 목록에서 고르십시오. 예: "
                          "Asia/Seoul" },
    [WORD_FAULT_REQUIRED] = { "Please fill this in.", "입력해 주십시오." },
    [WORD_FAULT_VALUE] = { "This value cannot be used. Please change it.",
                           "사용할 수 없는 값입니다. 고쳐 주십시오." },

    /* signing in */
    [WORD_SIGN_IN] = { "Sign in", "로그인" },
    [WORD_SIGN_OUT] = { "Sign out", "로그아웃" },
    [WORD_SLUG] = { "Workspace", "워크스페이스" },
    [WORD_SLUG_HINT] = { "Its short name in lower case, like acme-co.",
                         "소문자로 쓴 짧은 이름입니다. 예: acme-co" },
    [WORD_SEVERAL] = { "I belong to several workspaces",
                       "여러 워크스페이스에 속해 있습니다" },
    [WORD_WRONG] = { "The address or the password is wrong.",
                     "이메일 또는 비밀번호가 맞지 않습니다." },
    [WORD_WRONG_WORKSPACE] = { "The workspace, the address or the password is "
                               "wrong.",
                               "워크스페이스, 이메일 또는 비밀번호가 맞지 "
                               "않습니다." },
    [WORD_TOO_OFTEN] = { "Signing in has failed too often. Seconds to wait:",
                         "로그인에 여러 번 실패했습니다. 기다릴 시간(초):" },

    /* the first page */
    [WORD_TEST_TITLE] = { "Send a test lead", "테스트 리드 보내기" },
    [WORD_TEST_ABOUT] = { "It is matched, scored and given to one person, as "
                          "every lead is.",
                          "다른 리드와 똑같이 확인, 점수 계산, 배정을 "
                          "거칩니다." },
    [WORD_TEST_DO] = { "Send", "보내기" },
    [WORD_TEST_NAME] = { "Test lead", "테스트 리드" },
    [WORD_TEST_SOURCE] = { "Test", "테스트" },
    [WORD_LEADS] = { "Latest leads", "최근 리드" },
    [WORD_LEADS_NONE] = { "No leads yet. Send a test lead and see who gets it, "
                          "and why.",
                          "아직 리드가 없습니다. 테스트 리드를 보내 누가 왜 "
                          "받는지 "
                          "확인하십시오." },
    [WORD_NO_NAME] = { "No name", "이름 없음" },
    [WORD_SCORE] = { "Score", "점수" },
    [WORD_OWNER] = { "Owner", "담당자" },
    [WORD_QUEUE] = { "queue", "대기열" },
    [WORD_NEW] = { "New", "새 리드" },
    [WORD_LATE] = { "Answer is late", "응답 지연" },
    [WORD_DUE] = { "Answer due", "응답 기한" },
    [WORD_ANSWERED] = { "Answered", "응답함" },
    [WORD_CLOSED] = { "Closed", "종료" },
    [WORD_NO_PROMISE] = { "No promise runs", "기한 없음" },
    [WORD_PEOPLE] = { "People", "사람" },
    [WORD_AVAILABLE] = { "Available", "가능" },
    [WORD_AWAY] = { "Away", "자리 비움" },
    [WORD_ABSENT] = { "Absent until", "부재, 복귀" },
    [WORD_OUTSIDE_HOURS] = { "Outside working hours", "근무 시간 외" },
    [WORD_INACTIVE] = { "Left", "비활성" },
    [WORD_TAKES_NONE] = { "takes no leads", "리드를 받지 않음" },
    [WORD_OPEN_LEADS] = { "open leads", "진행 중인 리드" },
    [WORD_API] = { "Description of the API (OpenAPI)", "API 설명 (OpenAPI)" },

    /* in the order of enum role */
    [WORD_ROLE_OWNER] = { "Owner of the workspace", "소유자" },
    [WORD_ROLE_ADMIN] = { "Administrator", "관리자" },
    [WORD_ROLE_MANAGER] = { "Manager", "매니저" },
    [WORD_ROLE_REP] = { "Rep", "영업 담당" },
    [WORD_ROLE_VIEWER] = { "Viewer", "보기 전용" },
    [WORD_FIELD_NAME] = { "Name", "이름" },
    [WORD_FIELD_PHONE] = { "Phone", "전화번호" },
    [WORD_FIELD_COMPANY] = { "Company", "회사" },
    [WORD_FIELD_COUNTRY] = { "Country", "국가" },
    [WORD_FIELD_MESSAGE] = { "Message", "문의 내용" },

    /* public forms */
    [WORD_FORM_SEND] = { "Send", "보내기" },
    [WORD_FORM_AGAIN] = { "Send again", "다시 보내기" },
    [WORD_FORM_CHOOSE] = { "Please choose", "선택해 주십시오" },
    [WORD_FORM_TRAP] = { "Please leave this field empty",
                         "이 칸은 비워 두십시오" },
    [WORD_FORM_THANKS_TITLE] = { "Thank you", "감사합니다" },
    [WORD_FORM_THANKS] = { "We have received your message and will be in "
                           "touch.",
                           "보내 주신 내용을 받았습니다. 곧 "
                           "연락드리겠습니다." },
    [WORD_FORM_TOO_FAST] = { "That was very quick, so we want to be sure that "
                             "a person sent it. "
                             "Nothing has been sent yet: please press the "
                             "button once more.",
                             "매우 빨리 작성되어 사람이 보낸 것인지 "
                             "확인합니다. 아직 보내지지 "
                             "않았습니다. 버튼을 한 번 더 눌러 주십시오." },
    [WORD_FORM_GO_ON] = { "Continue", "계속" },
    [WORD_FORM_NO_FILES] = { "This form takes no files. Nothing has been sent "
                             "yet: please send it "
                             "without the file.",
                             "이 양식은 파일을 받지 않습니다. 아직 보내지지 "
                             "않았습니다. 파일 없이 "
                             "보내 주십시오." },
    [WORD_FORM_EMPTY] = { "Nothing has been filled in, so nothing has been "
                          "sent: please say who you are or what it is about.",
                          "채워진 칸이 없습니다. 아직 보내지지 않았으니 "
                          "누구신지, 무엇이 필요하신지 적어 주십시오." },
    [WORD_FORM_UNKNOWN_TITLE] = { "There is no such form", "없는 양식입니다" },
    [WORD_FORM_UNKNOWN] = { "The address may have been cut off. Please ask "
                            "whoever gave it to "
                            "you.",
                            "주소가 잘렸을 수 있습니다. 주소를 준 곳에 문의해 "
                            "주십시오." },

    /* no more mails */
    [WORD_STOP_TITLE] = { "No more mails?", "메일을 그만 받으시겠습니까?" },
    [WORD_STOP_ABOUT] = { "We will stop writing to you by ourselves. If you "
                          "write to us, we will still answer.",
                          "자동으로 보내는 메일을 멈춥니다. 문의하시면 "
                          "답변은 드립니다." },
    [WORD_STOP_DO] = { "Stop the mails", "그만 받기" },
    [WORD_STOP_DONE_TITLE] = { "Done", "처리되었습니다" },
    [WORD_STOP_DONE] = { "You get no more such mails from us.",
                         "이런 메일을 더 이상 보내지 않겠습니다." },
    [WORD_STOP_UNKNOWN_TITLE] = { "This link leads nowhere",
                                  "알 수 없는 링크입니다" },
    [WORD_STOP_UNKNOWN] = { "Please open it as it stands in the mail, or "
                            "answer the mail.",
                            "메일에 있는 링크를 그대로 열거나 메일에 "
                            "답장해 주십시오." },
};

static const char *const months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

struct str
page_word(enum page_language language, enum page_word word)
{
    assert(words[word][language] != NULL);
    return str_of(words[word][language]);
}

struct str
page_time(struct arena *arena, enum page_language language,
          const struct zone *zone, int64_t ms)
{
    const struct civil c = zone_civil(zone, ms);

    if (language == PAGE_KOREAN)
        return arena_format(arena, "%d월 %d일 %02d:%02d", c.month, c.day,
                            c.hour, c.minute);
    return arena_format(arena, "%d %s %02d:%02d", c.day, months[c.month - 1],
                        c.hour, c.minute);
}
