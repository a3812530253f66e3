/*
 * hook_presets: what is known of providers whose webhooks carry the lead
 * itself. Each is a document as somebody could have saved it; what a source
 * says goes first. A signature that a provider sends only when it was asked
 * to is switched off by "signature": null.
 */
#include "src/capture/hook.h"

/* JSON as it is written, without the backslashes of C. */
#define DOCUMENT(...) #__VA_ARGS__

/* clang-format off */
const struct hook_preset hook_presets[] = {
    { "usual", "Any JSON or form, by names that leave no doubt.",
      DOCUMENT({"usual": true}) },

    { "typeform", "Typeform: map your questions by their refs.",
      DOCUMENT({
        "delivery": "/form_response/token",
        "only": [{"at": "/event_type", "is": ["form_response"]}],
        "lists": {"/form_response/answers": "field/ref",
                  "/form_response/definition/fields": "ref"},
        "fields": {
          "email": "/form_response/answers/[type=email]/email",
          "phone": "/form_response/answers/[type=phone_number]/phone_number",
          "campaign": "/form_response/hidden/utm_campaign",
          "medium": "/form_response/hidden/utm_medium"},
        "signature": {"header": "Typeform-Signature",
                      "algorithm": "hmac-sha256", "encoding": "base64",
                      "prefix": "sha256="}}) },

    { "jotform", "Jotform: questions by their names.",
      DOCUMENT({
        "delivery": "submissionID",
        "unpack": ["rawRequest"],
        "fields": {"ip": "ip"},
        "usual": true}) },

    { "google-ads", "Google Ads lead forms; its test leads are no leads.",
      DOCUMENT({
        "delivery": "/lead_id",
        "except": [{"at": "/is_test", "is": ["yes"]}],
        "lists": {"/user_column_data": "column_id"},
        "fields": {
          "name": "/user_column_data/[column_id=FULL_NAME]/string_value",
          "first_name": "/user_column_data/[column_id=FIRST_NAME]/string_value",
          "last_name": "/user_column_data/[column_id=LAST_NAME]/string_value",
          "email": ["/user_column_data/[column_id=EMAIL]/string_value",
                    "/user_column_data/[column_id=WORK_EMAIL]/string_value"],
          "phone": ["/user_column_data/[column_id=PHONE_NUMBER]/string_value",
                    "/user_column_data/[column_id=WORK_PHONE]/string_value"],
          "company": "/user_column_data/[column_id=COMPANY_NAME]/string_value",
          "job_title": "/user_column_data/[column_id=JOB_TITLE]/string_value",
          "address": "/user_column_data/[column_id=STREET_ADDRESS]/string_value",
          "postal_code": "/user_column_data/[column_id=POSTAL_CODE]/string_value",
          "city": "/user_column_data/[column_id=CITY]/string_value",
          "region": "/user_column_data/[column_id=REGION]/string_value",
          "country": "/user_column_data/[column_id=COUNTRY]/string_value",
          "campaign": "/campaign_id"},
        "key": {"at": "/google_key"}}) },

    { "google-forms", "Google Forms responses: map your questions by their "
                      "ids.",
      DOCUMENT({
        "delivery": "/responseId",
        "fields": {"email": "/respondentEmail"}}) },

    { "calendly", "Calendly: who booked a meeting.",
      DOCUMENT({
        "delivery": "/payload/uri",
        "only": [{"at": "/event", "is": ["invitee.created"]}],
        "lists": {"/payload/questions_and_answers": "question"},
        "fields": {
          "name": "/payload/name",
          "email": "/payload/email",
          "phone": "/payload/text_reminder_number",
          "company": "/payload/questions_and_answers/[question=Company]/answer",
          "time_zone": "/payload/timezone",
          "campaign": "/payload/tracking/utm_campaign",
          "medium": "/payload/tracking/utm_medium",
          "custom.meeting": "/payload/scheduled_event/name",
          "custom.meeting_at": "/payload/scheduled_event/start_time"},
        "signature": {"header": "Calendly-Webhook-Signature",
                      "algorithm": "hmac-sha256", "element": "v1",
                      "time_element": "t", "tolerance_s": 180,
                      "signed": "{timestamp}.{body}"}}) },

    { "hubspot-contact", "HubSpot contacts, as a workflow sends them.",
      DOCUMENT({
        "delivery": ["/id", "/vid"],
        "fields": {
          "email": "/properties/email",
          "first_name": "/properties/firstname",
          "last_name": "/properties/lastname",
          "phone": ["/properties/phone", "/properties/mobilephone"],
          "company": "/properties/company",
          "job_title": "/properties/jobtitle",
          "website": "/properties/website",
          "country": "/properties/country",
          "region": "/properties/state",
          "city": "/properties/city",
          "postal_code": "/properties/zip",
          "address": "/properties/address",
          "industry": "/properties/industry",
          "medium": "/properties/hs_analytics_source",
          "message": "/properties/message"}}) },

    { "pipedrive-person", "Pipedrive persons.",
      DOCUMENT({
        "delivery": ["/data/id", "/current/id", "/id"],
        "fields": {
          "name": ["/data/name", "/current/name", "/name"],
          "email": ["/data/emails/[primary=yes]/value",
                    "/current/email/[primary=yes]/value",
                    "/email/[primary=yes]/value", "/primary_email"],
          "phone": ["/data/phones/[primary=yes]/value",
                    "/current/phone/[primary=yes]/value",
                    "/phone/[primary=yes]/value"],
          "company": ["/current/org_name", "/org_id/name", "/org_name"]}}) },

    { "pipedrive-deal", "Pipedrive deals, with their persons.",
      DOCUMENT({
        "delivery": "/id",
        "fields": {
          "name": ["/person_id/name", "/person_name"],
          "email": "/person_id/email/[primary=yes]/value",
          "phone": "/person_id/phone/[primary=yes]/value",
          "company": ["/org_id/name", "/org_name"],
          "deal_value": "/value",
          "currency": "/currency",
          "custom.deal": "/title"}}) },

    { "tiktok", "TikTok lead generation.",
      DOCUMENT({
        "leads": "/entry",
        "delivery": "/id",
        "lists": {"/changes": "field"},
        "fields": {
          "name": ["/changes/[field=name]/value",
                   "/changes/[field=full_name]/value"],
          "first_name": "/changes/[field=first_name]/value",
          "last_name": "/changes/[field=last_name]/value",
          "email": "/changes/[field=email]/value",
          "phone": "/changes/[field=phone_number]/value",
          "company": "/changes/[field=company_name]/value",
          "campaign": ["/campaign_name", "/campaign_id"],
          "custom.ad": "/ad_name"}}) },

    { "linkedin", "LinkedIn lead gen forms: map your questions by their ids.",
      DOCUMENT({
        "delivery": "/id",
        "except": [{"at": "/testLead", "is": ["yes"]}],
        "lists": {"/formResponse/answers": "questionId"},
        "fields": {
          "campaign": "/leadMetadata/sponsoredLeadMetadata/campaign"},
        "signature": {"header": "X-LI-Signature", "algorithm": "hmac-sha256",
                      "signed": "hmacsha256={body}"},
        "challenge": {"query": "challengeCode", "answer": "signed"}}) },

    { "meta-lead", "Leads of Meta's forms, as a connector sends them.",
      DOCUMENT({
        "delivery": "/id",
        "lists": {"/field_data": "name"},
        "fields": {
          "name": "/field_data/[name=full_name]/values",
          "first_name": "/field_data/[name=first_name]/values",
          "last_name": "/field_data/[name=last_name]/values",
          "email": ["/field_data/[name=email]/values",
                    "/field_data/[name=work_email]/values"],
          "phone": ["/field_data/[name=phone_number]/values",
                    "/field_data/[name=work_phone_number]/values"],
          "company": "/field_data/[name=company_name]/values",
          "job_title": "/field_data/[name=job_title]/values",
          "city": "/field_data/[name=city]/values",
          "region": ["/field_data/[name=state]/values",
                     "/field_data/[name=province]/values"],
          "country": "/field_data/[name=country]/values",
          "postal_code": ["/field_data/[name=post_code]/values",
                          "/field_data/[name=zip_code]/values"],
          "birthday": "/field_data/[name=date_of_birth]/values",
          "campaign": ["/campaign_name", "/campaign_id"],
          "medium": "/platform"}}) },

    { "callrail", "CallRail: who called.",
      DOCUMENT({
        "delivery": "/resource_id",
        "only": [{"at": "/direction", "is": ["inbound"]}],
        "fields": {
          "name": ["/formatted_customer_name", "/customer_name"],
          "phone": "/customer_phone_number",
          "city": "/customer_city",
          "region": "/customer_state",
          "country": "/customer_country",
          "campaign": ["/campaign", "/utm_campaign"],
          "medium": ["/medium", "/utm_medium"],
          "referrer": "/referring_url",
          "page": "/landing_page_url",
          "message": "/note",
          "tags": "/tags"},
        "empty": ["Restricted", "Anonymous", "Unknown"],
        "signature": {"header": "Signature", "algorithm": "hmac-sha1",
                      "encoding": "base64"}}) },

    { "intercom", "Intercom: new leads.",
      DOCUMENT({
        "delivery": "/data/item/id",
        "only": [{"at": "/topic", "is": ["contact.lead.created",
                                         "contact.user.created"]}],
        "fields": {
          "name": "/data/item/name",
          "email": "/data/item/email",
          "phone": "/data/item/phone",
          "country": "/data/item/location/country",
          "region": "/data/item/location/region",
          "city": "/data/item/location/city",
          "campaign": "/data/item/utm_campaign",
          "medium": "/data/item/utm_medium",
          "referrer": "/data/item/referrer"},
        "signature": {"header": "X-Hub-Signature", "algorithm": "hmac-sha1",
                      "prefix": "sha1="}}) },

    { NULL },
};
/* clang-format on */

const struct hook_preset *
hook_preset_find(struct str name)
{
    for (const struct hook_preset *p = hook_presets; p->name != NULL; p++)
        if (str_is(name, p->name))
            return p;
    return NULL;
}
