# Ten resources.
class differential::hundred::c080 {
  notify { 'c080 1':
    message => "1 of class c080 on ${facts['networking']['hostname']}",
  }
  notify { 'c080 2':
    message => "2 of class c080 on ${facts['networking']['hostname']}",
  }
  notify { 'c080 3':
    message => "3 of class c080 on ${facts['networking']['hostname']}",
  }
  notify { 'c080 4':
    message => "4 of class c080 on ${facts['networking']['hostname']}",
  }
  notify { 'c080 5':
    message => "5 of class c080 on ${facts['networking']['hostname']}",
  }
  notify { 'c080 6':
    message => "6 of class c080 on ${facts['networking']['hostname']}",
  }
  notify { 'c080 7':
    message => "7 of class c080 on ${facts['networking']['hostname']}",
  }
  notify { 'c080 8':
    message => "8 of class c080 on ${facts['networking']['hostname']}",
  }
  notify { 'c080 9':
    message => "9 of class c080 on ${facts['networking']['hostname']}",
  }
  notify { 'c080 10':
    message => "10 of class c080 on ${facts['networking']['hostname']}",
  }
}
