"""A browser without script: reads a page, fills in its form, sends it."""

from html.parser import HTMLParser
from urllib.parse import urlencode

BOUNDARY = "----boundary-of-the-test"


class Page(HTMLParser):
    """A page as a reader sees it: its text, its forms, and every tag."""

    def __init__(self, answer):
        super().__init__(convert_charrefs=True)
        self.status = answer.status
        self.headers = answer.headers
        self.source = answer.body.decode("utf-8")
        self.tags = []      # (name, attributes)
        self.words = []
        self.forms = []
        self._choice = None
        self._area = None
        self._fault = None
        self.faults = {}    # id of a fault's paragraph -> its text
        self.feed(self.source)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def names(self):
        return [name for name, _ in self.tags]

    def form(self, action):
        return next(f for f in self.forms if f["action"].startswith(action))

    def fault(self, name):
        return self.faults.get("fault-" + name, "").strip("▲ ")

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append({"action": given.get("action", ""),
                               "fields": {}, "kinds": {}, "choices": {}})
        if tag == "p" and given.get("class") == "fault":
            self._fault = given["id"]
        if self.forms and given.get("name") and tag in (
                "input", "textarea", "select"):
            self._field(tag, given)
        if tag == "option" and self._choice:
            form = self.forms[-1]
            form["choices"][self._choice].append(given.get("value", ""))
            if "selected" in given:
                form["fields"][self._choice] = given["value"]

    def _field(self, tag, given):
        form, name = self.forms[-1], given["name"]
        form["kinds"][name] = given.get("type", tag)
        if given.get("type") == "checkbox" and "checked" not in given:
            return
        form["fields"][name] = given.get("value", "")
        if tag == "select":
            self._choice = name
            form["choices"][name] = []
        if tag == "textarea":
            self._area = name

    def handle_endtag(self, tag):
        if tag == "select":
            self._choice = None
        if tag == "textarea":
            form = self.forms[-1]
            form["fields"][self._area] = form["fields"][self._area][1:]
            self._area = None
        if tag == "p":
            self._fault = None

    def handle_data(self, data):
        if self._area:
            self.forms[-1]["fields"][self._area] += data
        else:
            self.words.append(data)
        if self._fault:
            self.faults[self._fault] = self.faults.get(self._fault, "") + data


class Visitor:
    """Whoever looks at pages; keeps the cookie that was set."""

    def __init__(self, baton, language="en"):
        self.client = baton.client.with_key(None)
        self.origin = baton.address
        self.language = language
        self.cookie = None

    def request(self, method, path, body=None, **headers):
        sent = {"Accept": "text/html", "Accept-Language": self.language,
                **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.cookie:
            sent["Cookie"] = self.cookie
        answer = self.client.request(method, path, body=body, headers=sent)
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def open(self, path):
        """The page, after the redirects that a browser follows."""
        return self._follow(self.request("GET", path))

    def send(self, page, action, **values):
        """Fills in the form and presses its button."""
        form = page.form(action)
        fields = {**form["fields"], **values}
        return self.post(form["action"], fields)

    def post(self, path, fields, **headers):
        headers = {"Origin": self.origin,
                   "Content-Type": "application/x-www-form-urlencoded",
                   **headers}
        return self._follow(self.request(
            "POST", path, urlencode(fields).encode(), **headers))

    def post_multipart(self, path, fields, file=None):
        parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; '
                 f'name="{name}"\r\n\r\n{value}\r\n'
                 for name, value in fields.items()]
        if file:
            parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; '
                         f'name="file"; filename="{file}"\r\n'
                         'Content-Type: image/png\r\n\r\nPNG\r\n')
        body = "".join(parts) + f"--{BOUNDARY}--\r\n"
        return self._follow(self.request(
            "POST", path, body.encode(),
            Content_Type=f"multipart/form-data; boundary={BOUNDARY}"))

    def _follow(self, answer):
        while answer.status == 303:
            answer = self.request("GET", answer.headers["location"])
        return Page(answer)
