#include "engine/store/dictionary.h"

namespace exdiag {

Dictionary::Dictionary(sql::Database& database, const std::string& table)
    : database_(&database),
      select_id_(database, "SELECT id FROM main." + table + " WHERE name = ?1"),
      insert_(database, "INSERT INTO main." + table + " (name) VALUES (?1)"),
      select_name_(database, "SELECT name FROM main." + table + " WHERE id = ?1") {}

std::int64_t Dictionary::IdOf(std::string_view name) {
  std::string key(name);
  if (const auto found = ids_.find(key); found != ids_.end()) return found->second;
  std::int64_t id = 0;
  select_id_.BindText(1, name);
  if (select_id_.Next()) {
    id = select_id_.Int(0);
    select_id_.Reset();
  } else if (insert_.BindText(1, name).Run()) {
    id = database_->LastRow();
  }
  if (ids_.size() >= kRemembered) ids_.clear();
  ids_.emplace(std::move(key), id);
  return id;
}

std::string Dictionary::NameOf(std::int64_t id) {
  select_name_.Bind(1, id);
  if (!select_name_.Next()) return {};
  std::string name = select_name_.Text(0);
  select_name_.Reset();
  return name;
}

ClassDictionary::ClassDictionary(sql::Database& database)
    : database_(&database),
      providers_(database, "providers"),
      hosts_(database, "hosts"),
      computers_(database, "computers"),
      channels_(database, "channels"),
      categories_(database, "categories"),
      users_(database, "users"),
      schemas_(database, "schemas"),
      select_id_(database,
                 "SELECT id, family, crowded FROM main.classes WHERE provider = ?1 AND event_id = "
                 "?2 AND host = ?3 "
                 "AND computer = ?4 AND channel = ?5 AND level = ?6 AND qualifiers = ?7 AND "
                 "category = ?8 AND category_text = ?9 AND keywords = ?10 AND schema = ?11"),
      insert_(database,
              "INSERT INTO main.classes (provider, event_id, host, computer, channel, level, "
              "qualifiers, category, category_text, keywords, schema, family, crowded) "
              "SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12, count(*) >= ?13 FROM "
              "(SELECT 1 FROM main.classes WHERE family = ?12 AND crowded = 0 LIMIT ?13) "
              "RETURNING id, family, crowded"),
      select_(database,
              "SELECT provider, event_id, host, computer, channel, level, qualifiers, category, "
              "category_text, keywords, schema, CASE WHEN crowded <> 0 THEN family ELSE 0 END "
              "FROM main.classes WHERE id = ?1"),
      select_family_(database,
                     "SELECT id FROM main.families "
                     "WHERE provider = ?1 AND event_id = ?2 AND host = ?3"),
      insert_family_(database,
                     "INSERT INTO main.families (provider, event_id, host) VALUES (?1,?2,?3)") {}

void ClassDictionary::Forget() {
  for (Dictionary* each :
       {&providers_, &hosts_, &computers_, &channels_, &categories_, &users_, &schemas_}) {
    each->Forget();
  }
  classes_.clear();
}

std::int64_t ClassDictionary::FamilyOf(const EventClass& key, std::int64_t host) {
  const auto bind = [&](sql::Statement& to) -> sql::Statement& {
    return to.BindText(1, key.provider).Bind(2, int{key.event_id}).Bind(3, host);
  };
  if (bind(select_family_).Next()) {
    const std::int64_t id = select_family_.Int(0);
    select_family_.Reset();
    return id;
  }
  return bind(insert_family_).Run() ? database_->LastRow() : 0;
}

ClassRow ClassDictionary::RowOf(const EventClass& key) {
  const auto bind = [&, provider = providers_.IdOf(key.provider), host = hosts_.IdOf(key.host),
                     computer = computers_.IdOf(key.computer),
                     channel = channels_.IdOf(key.channel),
                     category = categories_.IdOf(key.category_text),
                     schema = schemas_.IdOf(key.names)](sql::Statement& to) -> sql::Statement& {
    to.Bind(1, provider).Bind(2, int{key.event_id}).Bind(3, host).Bind(4, computer);
    to.Bind(5, channel).Bind(6, static_cast<int>(key.level)).Bind(7, int{key.qualifiers});
    return to.Bind(8, int{key.category}).Bind(9, category).Bind(10, key.keywords).Bind(11, schema);
  };
  const auto take = [](sql::Statement& from) {
    const ClassRow row{from.Int(0), from.Int(1), from.Int(2) != 0};
    from.Reset();
    return row;
  };
  if (bind(select_id_).Next()) return take(select_id_);
  bind(insert_).Bind(12, FamilyOf(key, hosts_.IdOf(key.host))).Bind(13, kFewOfFamily);
  return insert_.Next() ? take(insert_) : ClassRow();
}

const EventClass& ClassDictionary::ClassOf(std::int64_t id) { return Remember(id).key; }

std::int64_t ClassDictionary::CrowdOf(std::int64_t id) { return Remember(id).crowd; }

const ClassDictionary::Known& ClassDictionary::Remember(std::int64_t id) {
  if (const auto found = classes_.find(id); found != classes_.end()) return found->second;
  if (classes_.size() >= kRemembered) classes_.clear();
  return classes_.emplace(id, Read(id)).first->second;
}

ClassDictionary::Known ClassDictionary::Read(std::int64_t id) {
  Known known;
  EventClass& key = known.key;
  select_.Bind(1, id);
  if (!select_.Next()) return known;
  key.provider = providers_.NameOf(select_.Int(0));
  key.event_id = static_cast<std::uint16_t>(select_.Int(1));
  key.host = hosts_.NameOf(select_.Int(2));
  key.computer = computers_.NameOf(select_.Int(3));
  key.channel = channels_.NameOf(select_.Int(4));
  key.level = static_cast<Level>(select_.Int(5));
  key.qualifiers = static_cast<std::uint16_t>(select_.Int(6));
  key.category = static_cast<std::uint16_t>(select_.Int(7));
  key.category_text = categories_.NameOf(select_.Int(8));
  key.keywords = select_.Unsigned(9);
  key.names = schemas_.NameOf(select_.Int(10));
  known.crowd = select_.Int(11);
  select_.Reset();
  return known;
}

}  // namespace exdiag
